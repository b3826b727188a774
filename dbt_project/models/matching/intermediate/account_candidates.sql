{#-
The candidates of open accounts. Those of accounts of which nothing can have changed since the last build are taken over
from it.
-#}
{{ config(materialized='table') }}
{%- set before = table_of_before('account_candidates') %}
{%- set met -%}
(select * from {{ ref('account_pairs') }} where user_id is not null)
{%- endset %}
with {% if before -%}
past as (
    select * from (
        {{ past_matches('account') }}
    ) as log
    where subject_id in (select before.account_id from {{ before }} as before)
),

-- By a rule, and nobody has decided anything: open no more.
matched as (
    select last_known.subject_id as account_id
    from ({{ last_events('past') }}) as last_known
    left join {{ ref('match_decisions') }} as decisions on last_known.subject_id = decisions.account_id
    where last_known.change = 'made' and last_known.rule <> 'decision' and decisions.account_id is null
),

{% endif -%}
-- By which rules each pair met, and by which neither met anybody else.
met_by as (
    select
        account_id,
        user_id
        {%- for rule in people_rules() %},
        bool_or(rule = '{{ rule }}') as by_{{ rule }},
        bool_or(rule = '{{ rule }}' and is_alone) as alone_by_{{ rule }}
        {%- endfor %}
    from {{ met }} as met
    group by account_id, user_id
),

-- Whose name and birthday are those of a user of the district.
with_namesakes as (
    select distinct account_id from met_by
    where by_name_birthday
),

-- What the application linked, and then no more, no rule links again.
taken_back as (
    select distinct
        account_id,
        clever_id as user_id
    from {{ ref('account_log') }}
    where clever_id is not null and account_id in (select met.account_id from {{ met }} as met)
),

-- Who does not have the account's name, while another user of the district and role has it to the letter, and may have
-- its birthday.
named_otherwise as (
    select distinct
        evidence.account_id,
        evidence.role,
        accounts.district_id,
        lower(trim(accounts.first_name)) as first_name,
        lower(trim(accounts.last_name)) as last_name,
        {{ birthday_key('accounts.dob') }} as account_dob
    from {{ ref('account_evidence') }} as evidence
    inner join {{ ref('matchable_accounts') }} as accounts on evidence.account_id = accounts.account_id
    where not evidence.has_that_name and evidence.has_names
),

with_others_of_the_name as (
    select distinct named_otherwise.account_id
    from named_otherwise
    inner join {{ ref('matchable_users') }} as users
        on
            named_otherwise.district_id = users.district_id
            and named_otherwise.role = users.role
            and named_otherwise.first_name = lower(trim(users.first_name))
            and named_otherwise.last_name = lower(trim(users.last_name))
    left join {{ ref('succeeded_users') }} as successors on users.user_id = successors.predecessor_id
    where
        coalesce(named_otherwise.account_dob = {{ birthday_key('users.dob') }}, true)
        and successors.predecessor_id is null
),

-- Of whom one number is one user's, and another number another's.
numbers as (
    select * from {{ met }} as met
    where met.rule in ('sis_id', 'student_number', 'state_id', 'teacher_number', 'staff_id')
),

with_several_users as (
    select account_id
    from numbers
    group by account_id
    having min(user_id) <> max(user_id)
),

users_by_number as (
    select
        account_id,
        rule,
        min(user_id) as user_id
    from numbers
    where account_id in (select several.account_id from with_several_users as several)
    group by account_id, rule
    having count(*) = 1
),

with_several_numbers as (
    select account_id
    from users_by_number
    group by account_id
    having min(user_id) <> max(user_id)
),

compared as (
    select
        evidence.*,
        {%- for rule in people_rules() %}
        met_by.by_{{ rule }},
        met_by.alone_by_{{ rule }},
        {%- endfor %}
        taken_back.user_id is not null as link_taken_back,
        several.account_id is not null as numbers_differ,
        has_namesakes.account_id is not null and not met_by.by_name_birthday
        or not evidence.has_that_name and others.account_id is not null as another_has_them
    from {{ ref('account_evidence') }} as evidence
    inner join met_by on evidence.account_id = met_by.account_id and evidence.user_id = met_by.user_id
    left join with_others_of_the_name as others on evidence.account_id = others.account_id
    left join with_several_numbers as several on evidence.account_id = several.account_id
    left join with_namesakes as has_namesakes
        on evidence.account_id = has_namesakes.account_id
    left join taken_back
        on evidence.account_id = taken_back.account_id and evidence.user_id = taken_back.user_id
)

{%- set deciding, agreed = {}, {} %}
{%- for rule, says in people_rules().items() %}
{%- do agreed.update({"'" ~ rule ~ "'": 'by_' ~ rule}) %}
{%- do deciding.update({"'" ~ rule ~ "'": 'alone_by_' ~ rule ~ ' and not (' ~ says['vetoes'] | join(' or ') ~ ')'}) %}
{%- endfor %}
select
    account_id,
    user_id,
    role,
    {{ texts_of(deciding) }} as deciding,
    {{ texts_of(agreed) }} as agreed,
    {{ texts_of({
        "'dob'": 'dob',
        "'suffix'": 'suffix',
        "'name'": 'names',
        "'first_name'": 'first_name and not names',
        "'middle_name'": 'middle_name',
        "'school'": 'school',
        "'another_has_them'": 'another_has_them',
        "'link_taken_back'": 'link_taken_back',
        "'numbers_differ'": 'numbers_differ',
    }) }} as contradicted
from compared
union all
select
    account_id,
    user_id,
    min(role) as role,
    {{ no_texts() }} as deciding,
    {{ sorted_list('rule') }} as agreed,
    {{ texts_of({"'shared_by_many'": 'true'}) }} as contradicted
from {{ ref('account_pairs') }}
where user_id is null
group by account_id, user_id
{%- if before %}
union all
select
    before.account_id,
    before.user_id,
    before.role,
    before.deciding,
    before.agreed,
    before.contradicted
from {{ before }} as before
left join {{ ref('accounts_to_judge') }} as judged on before.account_id = judged.account_id
left join matched on before.account_id = matched.account_id
where judged.account_id is null and matched.account_id is null
{%- endif %}
