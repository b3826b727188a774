{#- A full name and a birthday as one key; NULL where one of the three is not known. -#}
{% macro full_name_key(person, first_name) -%}
    {{ known_name_key(name_key(person ~ '.' ~ first_name)) }}
    || '/' || {{ known_name_key(last_name_key(person ~ '.last_name')) }}
    || '/' || cast({{ birthday_key(person ~ '.dob') }} as {{ dbt.type_string() }})
{%- endmacro %}


{#-
The rules that decide on people, in their order. Of each: what is compared, a `number`, an `address` or the full `name` with
the birthday; the columns of an account and of a user that have it; the roles for which the two mean the same; and what
contradicts. Numbers are a person's own, so that only another birthday, suffix or name does; e-mail addresses and user
names go through families, so that another first name does, too.
-#}
{% macro people_rules() -%}
    {%- set another = ['dob', 'suffix', 'names', 'another_has_them', 'link_taken_back'] -%}
    {%- set another_or_numbers = another + ['numbers_differ'] -%}
    {%- set everybody = ['student', 'teacher', 'staff', 'district_admin', 'contact'] -%}
    {{ return({
        'sis_id': {
            'is': 'number', 'account': 'sis_id', 'user': 'sis_id',
            'roles': ['student', 'teacher', 'contact'], 'vetoes': another_or_numbers,
        },
        'student_number': {
            'is': 'number', 'account': 'student_number', 'user': 'student_number',
            'roles': ['student'], 'vetoes': another_or_numbers,
        },
        'state_id': {
            'is': 'number', 'account': 'state_id', 'user': 'state_id',
            'roles': ['student', 'teacher'], 'vetoes': another_or_numbers,
        },
        'teacher_number': {
            'is': 'number', 'account': 'teacher_number', 'user': 'teacher_number',
            'roles': ['teacher'], 'vetoes': another_or_numbers,
        },
        'staff_id': {
            'is': 'number', 'account': 'sis_id', 'user': 'staff_id',
            'roles': ['staff'], 'vetoes': another_or_numbers,
        },
        'email': {
            'is': 'address', 'account': 'email', 'user': 'email',
            'roles': everybody, 'vetoes': another + ['first_name'],
        },
        'district_username': {
            'is': 'address', 'account': 'username', 'user': 'district_username',
            'roles': ['student', 'teacher', 'staff'], 'vetoes': another + ['first_name'],
        },
        'name_birthday': {
            'is': 'name', 'account': 'first_name', 'user': 'first_name',
            'roles': ['student'], 'vetoes': ['suffix', 'middle_name', 'school', 'link_taken_back'],
        },
    }) }}
{%- endmacro %}


{#- The rules that something contradicts, as texts one after the other. -#}
{% macro rules_with(veto) -%}
    {%- set those = [] -%}
    {%- for rule, says in people_rules().items() if veto in says['vetoes'] -%}
        {%- do those.append("'" ~ rule ~ "'") -%}
    {%- endfor -%}
    {{ those | join(', ') }}
{%- endmacro %}


{#-
CTEs, the last of them `evidence`: what speaks against each of `pairs` (`account_id`, `user_id`, `role`), column by column;
false where something is not known. They read the CTEs `accounts` and `users`.
-#}
{% macro evidence_of(pairs) -%}
sides as (
    select
        pairs.account_id,
        pairs.user_id,
        pairs.role,
        {%- for side, person in {'account': 'accounts', 'user': 'users'}.items() %}
        {{ name_key(person ~ '.first_name') }} as {{ side }}_first,
        {{ last_name_key(person ~ '.last_name') }} as {{ side }}_last,
        {{ name_key(person ~ '.middle_name') }} as {{ side }}_middle,
        {{ birthday_key(person ~ '.dob') }} as {{ side }}_dob,
        {%- endfor %}
        coalesce(
            {{ suffix_key('accounts.suffix') }},
            {{ suffix_key(suffix_in('accounts.last_name')) }},
            {{ suffix_key(suffix_in('accounts.first_name')) }}
        ) as account_suffix,
        coalesce(
            {{ suffix_key(suffix_in('users.last_name')) }},
            {{ suffix_key(suffix_in('users.first_name')) }}
        ) as user_suffix,
        {{ name_key('users.preferred_first_name') }} as user_preferred,
        accounts.school_ref is not null
        and coalesce(accounts.school_id <> users.school_id, true)
        and schools.user_id is null as is_of_another_school
    from {{ pairs }}
    inner join accounts on pairs.account_id = accounts.account_id
    inner join users on pairs.user_id = users.user_id and pairs.role = users.role
    left join {{ ref('school_membership_history') }} as schools
        on
            pairs.user_id = schools.user_id
            and pairs.role = schools.role
            and accounts.school_id = schools.school_id
            and schools.is_current
),

compared_names as (
    select
        *,
        -- Of contacts Clever often has the whole name as last name: then each name is looked for in it.
        case
            when user_first is null and user_last <> coalesce(account_last, '') then instr(user_last, account_first) = 0
            when account_first is null and account_last <> coalesce(user_last, '')
                then instr(account_last, user_first) = 0
            else
                {{ unlike('account_first', 'user_first') }}
                and coalesce({{ unlike('account_first', 'user_preferred') }}, true)
                and not coalesce(account_first = user_last and account_last = user_first, false)
        end as has_other_first_name,
        case
            when user_first is null and user_last <> coalesce(account_last, '')
                then {{ unlike('account_last', 'user_last') }} and instr(user_last, account_last) = 0
            when account_first is null and account_last <> coalesce(user_last, '')
                then {{ unlike('account_last', 'user_last') }} and instr(account_last, user_last) = 0
            else
                {{ unlike('account_last', 'user_last') }}
                and {{ unlike('account_first', 'user_last') }}
                and {{ unlike('account_last', 'user_first') }}
        end as has_other_last_name
    from sides
),

evidence as (
    select
        account_id,
        user_id,
        role,
        coalesce(account_dob <> user_dob, false) as dob,
        coalesce(account_suffix <> user_suffix, false) as suffix,
        coalesce(has_other_first_name and has_other_last_name, false) as names,
        coalesce(has_other_first_name, false) as first_name,
        coalesce({{ unlike('account_middle', 'user_middle') }}, false) as middle_name,
        coalesce(is_of_another_school, false) as school,
        account_first,
        account_last,
        account_dob,
        coalesce(
            account_first = user_first and account_last = user_last
            or account_first = user_preferred and account_last = user_last,
            false
        ) as has_that_name
    from compared_names
)
{%- endmacro %}


{#- Users who came back under another Clever ID (`predecessor_id`, `user_id`): whom they seem to be now. -#}
{% macro successors() -%}
    {% for role in ['student', 'teacher', 'staff', 'contact'] -%}
    select
        predecessor_id,
        {{ role }}_id as user_id
    from {{ ref(role ~ '_lineage') }}
    {% if not loop.last %}union{% endif %}
    {% endfor %}
{%- endmacro %}


{#- Whether the application has told of any account. -#}
{% macro has_accounts() -%}
    {%- set found = dbt.run_query('select 1 from ' ~ source('application_raw', 'accounts') ~ ' limit 1') -%}
    {{ return(found | length > 0) }}
{%- endmacro %}


{#- The users of whom something is new since the last build, `id`: who follows whom may have changed with a third. -#}
{% macro users_told_anew() -%}
    select id from {{ ref('touched_records') }}
    where object = 'users'
    union
    select coalesce(followed.predecessor_id, followed_before.predecessor_id) as id
    from (select distinct succeeded.predecessor_id from {{ ref('succeeded_users') }} as succeeded) as followed
    full outer join {{ table_of_before('predecessors_left_out') }} as followed_before
        on followed.predecessor_id = followed_before.predecessor_id
    where followed.predecessor_id is null or followed_before.predecessor_id is null
{%- endmacro %}
