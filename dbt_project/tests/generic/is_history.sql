{#-
A history of records is sound: every version has its keys, begins before it ends and where the one before it
ended, differs from that one, and the last is the one in force. So an ID has one version at any time, and one
row in the current table.

Fails when a version was made twice or lost: the log of the record holds two rows of one time, or rows of the
history were written by hand. `rollbook rebuild` makes them again from the log.

Only records with news are looked at: the others were when they were made.
-#}
{% test is_history(model, record, object) -%}
{%- set key = record ~ '_id' -%}
{%- set shown = key if key == 'district_id' else key ~ ', district_id' -%}
with versions as (
    select
        {{ shown }},
        record_status,
        change_type,
        valid_from,
        valid_to,
        is_current,
        first_seen_at,
        times_archived
    from {{ model }}
    where {{ is_touched(key, object) }}
),

many as (
    select {{ key }}
    from versions
    group by {{ key }}
    having count(*) > 1
),

neighbours as (
    select
        {{ shown }},
        record_status,
        change_type,
        valid_from,
        valid_to,
        first_seen_at,
        {{ print_of(attributes(record) + ['extra']) }} as print,
        lag(valid_to) over in_order as previous_to,
        lag(record_status) over in_order as previous_status,
        lag({{ print_of(attributes(record) + ['extra']) }}) over in_order as previous_print,
        lead(valid_from) over in_order as next_from,
        row_number() over in_order as version
    from {{ model }}
    -- Of all with several versions these few, said again: so no others are read.
    where {{ key }} in (select {{ key }} from many) and {{ is_touched(key, object) }}
    window in_order as (partition by {{ key }} order by valid_from)
)

select {{ shown }}, valid_from, 'a key, a time or a state is missing or contradicts another' as problem
from versions
where
    {{ key }} is null
    or district_id is null
    or valid_from is null
    or valid_from < first_seen_at
    or valid_to <= valid_from
    or is_current <> (valid_to is null)
    or (change_type = 'created') <> (valid_from = first_seen_at)
    or (change_type = 'archived') <> (record_status = 'archived')
    or change_type not in ('created', 'updated', 'archived', 'restored')
    or times_archived < 0

union all

select {{ shown }}, valid_from, 'there is no version in force, or none that created the record' as problem
from versions
where (valid_to is not null or change_type <> 'created') and {{ key }} not in (select {{ key }} from many)

union all

select {{ shown }}, valid_from, 'the versions leave a gap, overlap, or two neighbours are the same' as problem
from neighbours
where
    next_from is distinct from valid_to
    or (version = 1) <> (change_type = 'created')
    or version > 1 and previous_to is distinct from valid_from
    or record_status = previous_status and (record_status = 'archived' or print = previous_print)
{%- endtest %}
