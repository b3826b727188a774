{#-
The rows of a change log that count: those of syncs that were completed and not taken back, under IDs that are the
district's own. The rest is invisible to every reader. `condition` chooses among them by columns of `log`.

One condition over two left joins, not a semi and an anti join. DuckDB takes each of these, and each further condition,
for a fifth of the rows; as soon as it takes the log for less than the records with news, it no longer drops the other
rows before it reads their JSON.
-#}
{% macro visible_log(table, condition='true') -%}
    select log.*
    from {{ source('clever_raw', table) }} as log
    left join {{ ref('stg_clever__syncs') }} as syncs
        on log.sync_id = syncs.sync_id and log.district_id = syncs.district_id
    left join {{ ref('stg_clever__foreign_records') }} as foreign_records
        on
            foreign_records.object = '{{ table }}'
            and log.id = foreign_records.id
            and log.district_id = foreign_records.district_id
    where
        case
            when foreign_records.id is null and syncs.status = 'complete' then {{ condition }}
            else false
        end
{%- endmacro %}


{#-
The same rows, each with the reason why it archives its record, if it does: `removed`, or as what a sync was
taken over in which more was removed than its limits allow (`rollover`, `approved`).

Turnover of users is judged by role. A user who is gone takes the reason of any role that has one.
-#}
{% macro archiving_log(table) -%}
    select
        log.*,
        case when log.change = 'removed' then coalesce(applied.applied_as, 'removed') end as archive_reason
    from ({{ visible_log(table) }}) as log
    left join ({{ applied(user_roles() if table == 'users' else [table]) }}) as applied
        on log.sync_id = applied.sync_id and log.district_id = applied.district_id
{%- endmacro %}


{#- Syncs that were taken over although the turnover of one of the objects passes its limit, and as what. -#}
{% macro applied(objects) -%}
    select sync_id, district_id, max(applied_as) as applied_as
    from {{ source('clever_raw', 'turnover') }}
    where object in ('{{ objects | join("', '") }}') and applied_as is not null
    group by sync_id, district_id
{%- endmacro %}


{% macro user_roles() -%}
    {{ return(['students', 'teachers', 'staff', 'district_admins', 'contacts']) }}
{%- endmacro %}


{#-
The rows of the users' log that tell of one role: those in which a user has it, and every later row of a user
(any but the first) in which the user has it not. These carry no payload: nothing of the role is known in them.
A user who never had the role may be among them; a history begins with the first row that has the role.
A role that goes while its user stays was `role_lost`, unless so many went that the sync needed an approval.
-#}
{% macro role_log(role) -%}
    {#- Most users have one role: a plain comparison spares most rows the search. -#}
    {%- set has_role -%}
    coalesce(log.roles = '{{ role }}' or ',' || log.roles || ',' like '%,{{ role }},%', false)
    {%- endset -%}
    select
        log.id,
        log.district_id,
        log.sync_id,
        log.observed_at,
        log.change,
        {{ has_role }} as is_present,
        case
            when {{ has_role }} then null
            when applied.applied_as is not null then applied.applied_as
            when log.change = 'removed' then 'removed'
            else 'role_lost'
        end as archive_reason,
        case when {{ has_role }} then log.payload end as payload,
        case when {{ has_role }} then log.extra end as extra
    from ({{ visible_log('users', has_role ~ " or log.change <> 'created'") }}) as log
    left join ({{ applied([role if role == 'staff' else role ~ 's']) }}) as applied
        on log.sync_id = applied.sync_id and log.district_id = applied.district_id
{%- endmacro %}
