{#- A key that more accounts or users of a district share says nothing of anybody, and makes no pairs. -#}
{%- set most = 5 -%}
{%- set rules = people_rules() -%}
{{ config(materialized='table') }}
{#- One who came back under another Clever ID is one person: who is there now is meant. Said again wherever users
are read, as DuckDB would write a million of them down for a CTE that is read twice. -#}
{%- set users -%}
(
        select users.*
        from {{ ref('matchable_users') }} as users
        left join {{ ref('succeeded_users') }} as successors on users.user_id = successors.predecessor_id
        where successors.predecessor_id is null
    )
{%- endset %}

{% if execute and not has_accounts() -%}
{#- A home without an application has no memory to spare for what follows. -#}
select
    cast(null as {{ dbt.type_string() }}) as account_id,
    cast(null as {{ dbt.type_string() }}) as user_id,
    cast(null as {{ dbt.type_string() }}) as role,
    {{ no_texts() }} as deciding,
    {{ no_texts() }} as agreed,
    {{ no_texts() }} as contradicted
where false
{%- else -%}
with past as (
    {{ past_matches('account') }}
),

in_force as (
    select
        last_known.subject_id,
        last_known.rule
    from ({{ last_events('past') }}) as last_known
    where last_known.change = 'made'
),

accounts as (
    select *
    from {{ ref('matchable_accounts') }}
    where is_present and district_id is not null and (role is not null or told_role is null)
),

-- A decision may end what was matched: then the rules have another look in the same build.
open as (
    select accounts.account_id
    from accounts
    left join in_force on accounts.account_id = in_force.subject_id
    where
        accounts.told_clever_id is null
        and (
            in_force.subject_id is null
            or in_force.rule = 'decision'
            or accounts.account_id in (select decisions.account_id from {{ ref('match_decisions') }} as decisions)
        )
),

rules as (
    {% for rule, says in rules.items() -%}
    {% for role in says['roles'] -%}
    select
        '{{ rule }}' as rule,
        '{{ role }}' as role
    {% if not loop.last %}union all
    {% endif %}
    {%- endfor -%}
    {% if not loop.last %}union all
    {% endif %}
    {%- endfor %}
),

roles as (
    select distinct role from rules
),

-- An account of no role may be of any.
accounts_by_role as (
    select
        accounts.*,
        accounts.role as meets_as
    from accounts
    where accounts.role is not null
    union all
    select
        accounts.*,
        roles.role as meets_as
    from accounts
    cross join roles
    where accounts.role is null
),

open_keys as (
    select
        accounts.district_id,
        rules.rule,
        rules.role,
        {{ key_by_rule('account', rules, 'rules.rule') }} as key
    from accounts_by_role as accounts
    inner join rules on accounts.meets_as = rules.role
    where accounts.account_id in (select open.account_id from open)
),

-- In whatever role: a user of two roles is one user.
wanted as (
    select distinct
        district_id,
        rule,
        key
    from open_keys
    where key is not null
),

-- Of a day with few open accounts nobody else's keys are made but those that can meet theirs.
asked as (
    select distinct
        wanted.district_id,
        wanted.rule,
        rules.role
    from wanted
    inner join rules on wanted.rule = rules.rule
),

-- Names cost the most to make a key of: of those alone who have an open account's birthday.
birthdays as (
    select distinct dob from accounts
    where account_id in (select open.account_id from open)
),

account_keys as (
    select
        accounts.account_id,
        accounts.district_id,
        asked.rule,
        asked.role,
        {{ key_by_rule('account', rules, 'asked.rule') }} as key
    from accounts_by_role as accounts
    inner join asked on accounts.district_id = asked.district_id and accounts.meets_as = asked.role
    where asked.rule <> 'name_birthday' or accounts.dob in (select birthdays.dob from birthdays)
),

user_keys as (
    select
        users.user_id,
        users.district_id,
        asked.rule,
        asked.role,
        {{ key_by_rule('user', rules, 'asked.rule') }} as key
    from {{ users }} as users
    inner join asked on users.district_id = asked.district_id and users.role = asked.role
    where asked.rule <> 'name_birthday' or users.dob in (select birthdays.dob from birthdays)
    union all
    select
        users.user_id,
        users.district_id,
        asked.rule,
        asked.role,
        {{ full_name_key('users', 'preferred_first_name') }} as key
    from {{ users }} as users
    inner join asked on users.district_id = asked.district_id and users.role = asked.role
    where
        asked.rule = 'name_birthday'
        and users.preferred_first_name is not null
        and users.dob in (select birthdays.dob from birthdays)
),

{% for side in ['account', 'user'] -%}
{{ side }}s_found as (
    select distinct keys.*
    from {{ side }}_keys as keys
    inner join wanted
        on
            keys.district_id = wanted.district_id
            and keys.rule = wanted.rule
            and keys.key = wanted.key
),

{{ side }}s_sharing as (
    select
        district_id,
        rule,
        role,
        key,
        count(*) as how_many
    from {{ side }}s_found
    group by district_id, rule, role, key
),

{% endfor -%}
shared as (
    select
        accounts_sharing.*,
        accounts_sharing.how_many > {{ most }} or users_sharing.how_many > {{ most }} as by_too_many
    from accounts_sharing
    inner join users_sharing
        on
            accounts_sharing.district_id = users_sharing.district_id
            and accounts_sharing.rule = users_sharing.rule
            and accounts_sharing.role = users_sharing.role
            and accounts_sharing.key = users_sharing.key
),

accounts_meeting as (
    select
        accounts_found.*,
        shared.by_too_many
    from accounts_found
    inner join shared
        on
            accounts_found.district_id = shared.district_id
            and accounts_found.rule = shared.rule
            and accounts_found.role = shared.role
            and accounts_found.key = shared.key
),

met as (
    select
        accounts_meeting.account_id,
        users_found.user_id,
        accounts_meeting.rule,
        min(accounts_meeting.role) as role
    from accounts_meeting
    inner join users_found
        on
            accounts_meeting.district_id = users_found.district_id
            and accounts_meeting.rule = users_found.rule
            and accounts_meeting.role = users_found.role
            and accounts_meeting.key = users_found.key
    where not accounts_meeting.by_too_many
    group by accounts_meeting.account_id, users_found.user_id, accounts_meeting.rule
),

met_by_many as (
    select
        account_id,
        rule,
        min(role) as role
    from accounts_meeting
    where by_too_many
    group by account_id, rule
),

pairs as (
    select
        account_id,
        user_id,
        min(role) as role
    from met
    group by account_id, user_id
),

-- Only those that evidence is asked of.
users as (
    select users.*
    from {{ users }} as users
    where users.user_id in (select pairs.user_id from pairs)
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
    from {{ ref('stg_application__accounts') }}
    where clever_id is not null and account_id in (select open.account_id from open)
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
    inner join {{ users }} as users
        on
            named_otherwise.district_id = users.district_id
            and named_otherwise.role = users.role
            and named_otherwise.first_name = lower(trim(users.first_name))
            and named_otherwise.last_name = lower(trim(users.last_name))
    where coalesce(named_otherwise.account_dob = {{ birthday_key('users.dob') }}, true)
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
        case met.rule
            {%- for rule, says in rules.items() %}
            when '{{ rule }}' then compared.{{ says['vetoes'] | join(' or compared.') }}
            {%- endfor %}
        end as is_vetoed
    from met
    inner join compared on met.account_id = compared.account_id and met.user_id = compared.user_id
),

{{ judged('weighed') }}

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
where gathered.subject_id in (select open.account_id from open)
union all
select
    account_id,
    cast(null as {{ dbt.type_string() }}) as user_id,
    min(role) as role,
    {{ no_texts() }} as deciding,
    {{ sorted_list('rule') }} as agreed,
    {{ texts_of({"'shared_by_many'": 'true'}) }} as contradicted
from met_by_many
where account_id in (select open.account_id from open)
group by account_id
{%- endif %}
