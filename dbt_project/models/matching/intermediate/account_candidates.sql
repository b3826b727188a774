{#-
The candidates of open accounts. Those of accounts of which nothing can have changed since the last build are taken over
from it.
-#}
{{ config(materialized='table') }}
{%- set before = table_of_before('account_candidates') %}
with {% if before -%}
past as (
    {{ past_matches('account') }}
),

-- By a rule, and nobody has decided anything: open no more.
matched as (
    select last_known.subject_id as account_id
    from ({{ last_events('past') }}) as last_known
    left join {{ ref('match_decisions') }} as decisions on last_known.subject_id = decisions.account_id
    where last_known.change = 'made' and last_known.rule <> 'decision' and decisions.account_id is null
),

{% endif -%}
met as (
    select * from {{ ref('account_pairs') }}
    where user_id is not null
),

pairs as (
    select
        account_id,
        user_id,
        min(role) as role
    from met
    group by account_id, user_id
),

accounts as (
    select *
    from {{ ref('matchable_accounts') }}
    where account_id in (select pairs.account_id from pairs)
),

users as (
    select *
    from {{ ref('matchable_users') }}
    where user_id in (select pairs.user_id from pairs)
),

{{ evidence_of('pairs') }},

-- Whose name and birthday are those of another user of the district.
namesakes as (
    select
        account_id,
        user_id
    from met
    where rule = 'name_birthday'
),

with_namesakes as (
    select distinct account_id from namesakes
),

-- What the application linked, and then no more, no rule links again.
taken_back as (
    select distinct
        account_id,
        clever_id as user_id
    from {{ ref('account_log') }}
    where clever_id is not null and account_id in (select pairs.account_id from pairs)
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
        evidence.account_dob
    from evidence
    inner join accounts on evidence.account_id = accounts.account_id
    where not evidence.has_that_name and evidence.account_first is not null and evidence.account_last is not null
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
users_by_number as (
    select
        account_id,
        rule,
        min(user_id) as user_id
    from met
    where rule in ('sis_id', 'student_number', 'state_id', 'teacher_number', 'staff_id')
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
        taken_back.user_id is not null as link_taken_back,
        several.account_id is not null as numbers_differ,
        has_namesakes.account_id is not null and namesakes.account_id is null
        or not evidence.has_that_name and others.account_id is not null as another_has_them
    from evidence
    left join with_others_of_the_name as others on evidence.account_id = others.account_id
    left join with_several_numbers as several on evidence.account_id = several.account_id
    left join with_namesakes as has_namesakes
        on evidence.account_id = has_namesakes.account_id
    left join namesakes
        on evidence.account_id = namesakes.account_id and evidence.user_id = namesakes.user_id
    left join taken_back
        on evidence.account_id = taken_back.account_id and evidence.user_id = taken_back.user_id
),

weighed as (
    select
        met.account_id as subject_id,
        met.user_id as clever_id,
        met.rule,
        met.is_alone and not case met.rule
            {%- for rule, says in people_rules().items() %}
            when '{{ rule }}' then compared.{{ says['vetoes'] | join(' or compared.') }}
            {%- endfor %}
        end as decides
    from met
    inner join compared on met.account_id = compared.account_id and met.user_id = compared.user_id
),

{{ gathered('weighed') }}

select
    gathered.subject_id as account_id,
    gathered.clever_id as user_id,
    compared.role,
    gathered.deciding,
    gathered.agreed,
    {{ texts_of({
        "'dob'": 'compared.dob',
        "'suffix'": 'compared.suffix',
        "'name'": 'compared.names',
        "'first_name'": 'compared.first_name and not compared.names',
        "'middle_name'": 'compared.middle_name',
        "'school'": 'compared.school',
        "'another_has_them'": 'compared.another_has_them',
        "'link_taken_back'": 'compared.link_taken_back',
        "'numbers_differ'": 'compared.numbers_differ',
    }) }} as contradicted
from gathered
inner join compared on gathered.subject_id = compared.account_id and gathered.clever_id = compared.user_id
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
