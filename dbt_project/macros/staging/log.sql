{#- The rows of a change log that count: those of syncs that were completed. The rest is invisible to every reader. -#}
{% macro visible_log(table) -%}
    select log.*
    from {{ source('clever_raw', table) }} as log
    semi join {{ source('clever_raw', 'syncs') }} as syncs
        on
            log.sync_id = syncs.sync_id
            and log.district_id = syncs.district_id
            and syncs.status = 'complete'
{%- endmacro %}


{#-
The rows of the users' log that tell of one role: those in which a user has it, and every later row of a user
(any but the first) in which the user has it not. These carry no payload: nothing of the role is known in them.
A user who never had the role may be among them; a history begins with the first row that has the role.
-#}
{% macro role_log(role) -%}
    {#- Most users have one role: a plain comparison spares most rows the search. -#}
    {%- set has_role -%}
    coalesce(roles = '{{ role }}' or ',' || roles || ',' like '%,{{ role }},%', false)
    {%- endset -%}
    select
        id,
        district_id,
        sync_id,
        observed_at,
        change,
        {{ has_role }} as is_present,
        case when {{ has_role }} then payload end as payload,
        case when {{ has_role }} then extra end as extra
    from ({{ visible_log('users') }}) as visible
    where {{ has_role }} or change <> 'created'
{%- endmacro %}
