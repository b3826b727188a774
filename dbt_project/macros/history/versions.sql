{#-
The versions of records, from the rows of their log. The one place where a version is made.

A version begins with the first row that shows the record, and whenever it goes, comes back, or shows other
attributes than the row before. It lasts until the next one begins.

    log of the student S                        versions of S
    observed  is_present  grade   name          valid_from  valid_to  change    status    grade  name
    Mon       yes         7       Ada           Mon         Wed       created   active    7      Ada
    Tue       yes         7       Ada           -           -         -         -         (only a list changed)
    Wed       yes         8       Ada           Wed         Thu       updated   active    8      Ada
    Thu       no                                Thu         Sat       archived  archived  8      Ada
    Fri       no                                -           -         -         -         (still gone)
    Sat       yes         8       Ada           Sat                   restored  active    8      Ada

An archived version carries the last known attributes, and a restored one begins whether or not they changed.
Rows before the first that shows the record (a user who has not this role yet) are no versions.

`log`: a relation with `key`, `district_id`, `observed_at`, `change`, `is_present`, `extra` and the attributes.
In an incremental build only the records with news are made again, each from its whole log: that gives what
a full build gives.
-#}
{% macro versions(log, key, attributes, object) -%}
{%- set attributes = attributes + ['extra'] -%}
{%- set columns = ([] if key == 'district_id' else ['district_id']) + attributes -%}
with
{{ many(log, key, object) }}
narrow as (
    select
        {{ key }},
        observed_at,
        is_present,
        archive_reason,
        {{ print_of(attributes) }} as print
    from {{ rows_of(log) }}
    where {{ is_many(key, object) }}
),

compared as (
    select
        *,
        lag(is_present) over log_order as was_present,
        lag(print) over log_order as previous_print,
        min(case when is_present then observed_at end) over so_far as first_seen_at,
        max(case when is_present then observed_at end) over so_far as known_at
    from narrow
    window
        log_order as (partition by {{ key }} order by observed_at),
        so_far as (
            partition by {{ key }} order by observed_at
            rows between unbounded preceding and current row
        )
),

changes as (
    select
        *,
        case
            when observed_at = first_seen_at then 'created'
            when not is_present then 'archived'
            when not was_present then 'restored'
            else 'updated'
        end as change_type
    from compared
    where
        observed_at = first_seen_at
        or is_present <> was_present
        or is_present and print <> previous_print
),

spans as (
    select
        *,
        lead(observed_at) over (partition by {{ key }} order by observed_at) as valid_to,
        max(case when change_type = 'restored' then observed_at end) over so_far as restored_at,
        count(case when change_type = 'archived' then 1 end) over so_far as times_archived
    from changes
    window so_far as (
        partition by {{ key }} order by observed_at
        rows between unbounded preceding and current row
    )
)

select
    log.{{ key }},
    {%- for column in columns %}
    log.{{ column }},
    {%- endfor %}
    case when spans.is_present then 'active' else 'archived' end as record_status,
    spans.change_type,
    spans.observed_at as valid_from,
    spans.valid_to,
    spans.valid_to is null as is_current,
    spans.first_seen_at,
    case when not spans.is_present then spans.observed_at end as archived_at,
    spans.restored_at,
    spans.times_archived,
    case when not spans.is_present then spans.archive_reason end as archive_reason
from (
    select *
    from {{ rows_of(log) }}
    where {{ is_many(key, object) }}
) as log
inner join spans
    on log.{{ key }} = spans.{{ key }} and log.observed_at = spans.known_at

union all

select
    {{ key }},
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    'active' as record_status,
    'created' as change_type,
    observed_at as valid_from,
    cast(null as timestamp) as valid_to,
    true as is_current,
    observed_at as first_seen_at,
    cast(null as timestamp) as archived_at,
    cast(null as timestamp) as restored_at,
    0 as times_archived,
    cast(null as {{ dbt.type_string() }}) as archive_reason
from {{ rows_of(log) }}
where {{ is_once(key, object) }} and is_present
{%- endmacro %}
