{#- The rules and the roles of which each speaks (`rule`, `role`). -#}
{% macro rules_and_roles() -%}
    {%- for rule, says in people_rules().items() -%}
    {%- set last_rule = loop.last -%}
    {%- for role in says['roles'] %}
    select
        '{{ rule }}' as rule,
        '{{ role }}' as role
    {{ 'union all' if not (loop.last and last_rule) }}
    {%- endfor -%}
    {%- endfor %}
{%- endmacro %}


{#-
The keys by which accounts and users meet: `<side>_id`, `district_id`, `rule`, `role`, `key`. `side` is `account` or `user`,
`people` a relation with the columns that the rules compare (see `people_rules`). An account of no role may be of any; a student may be called by the preferred name, too, and then a row may stand twice. What
is not known is NULL, and not left out: DuckDB would make the keys of all people before it looks for those of a few.

With `wanted`, a relation of `rule` and `key`, and `birthdays`, one of `dob`, of whom a full name may be wanted: the keys of
all who have one that is wanted, and of some who do not. To make a key costs far more than to compare texts before it is
known what they say: of a million people few have theirs made. With `only`, the keys of that rule alone.
-#}
{% macro keys_of(side, people, wanted=none, birthdays=none, only=none) -%}
    {%- set those = {only: people_rules()[only]} if only else people_rules() -%}
    {%- set of_names = ['first_name', 'preferred_first_name'] if side == 'user' else ['first_name'] -%}
    select
        keys.{{ side }}_id,
        keys.district_id,
        keys.rule,
        rules.role,
        keys.key
    from (
        {%- for rule, says in those.items() %}
        {%- set rule_is_last = loop.last %}
        {%- for column in (of_names if says['is'] == 'name' else [says[side]]) %}
        {%- set held = side ~ 's.' ~ column %}
        select
            {{ side }}s.{{ side }}_id,
            {{ side }}s.district_id,
            {{ side }}s.role,
            '{{ rule }}' as rule,
            {{ number_key(held) if says['is'] == 'number' else address_key(held) if says['is'] == 'address'
                else full_name_key(side ~ 's', column) }} as key
        from {{ people }} as {{ side }}s
        {%- if wanted %}
        where
            {{ held }} is not null
            and ({{ side }}s.role is null or {{ side }}s.role in ('{{ says['roles'] | join("', '") }}'))
            {%- if says['is'] == 'name' %}
            and {{ side }}s.dob in (select birthdays.dob from {{ birthdays }} as birthdays)
            {%- else %}
            and {{ number_text(held) if says['is'] == 'number' else address_text(held) }} in (
                select wanted.key from {{ wanted }} as wanted
                where wanted.rule = '{{ rule }}'
            )
            {%- endif %}
        {%- endif %}
        {{ 'union all' if not (loop.last and rule_is_last) }}
        {%- endfor %}
        {%- endfor %}
    ) as keys
    inner join ({{ rules_and_roles() }}) as rules on keys.rule = rules.rule and coalesce(keys.role, rules.role) = rules.role
{%- endmacro %}


{#- The birthdays of open accounts to judge, `dob`: to make the key of a name costs more than to look for one first. -#}
{% macro birthdays_wanted() -%}
    select distinct dob
    from {{ ref('account_records') }}
    where
        dob is not null
        and account_id in (select judged.account_id from {{ ref('accounts_to_judge') }} as judged where judged.is_open)
{%- endmacro %}


{#- A first and a last name as they stand, but for blanks around them and case: quickly made, and met by few. -#}
{% macro name_to_the_letter(person) -%}
    lower(trim({{ person }}.first_name)) || '/' || lower(trim({{ person }}.last_name))
{%- endmacro %}
