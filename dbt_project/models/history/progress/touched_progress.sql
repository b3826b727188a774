{#- A table, not a view: the planner must see how few rows these are before it reads the whole log. -#}
{{ config(materialized='table') }}

-- depends_on: {{ ref('touched_records') }}, {{ ref('user_history') }}, {{ ref('student_history') }}
-- depends_on: {{ ref('account_log') }}, {{ ref('account_links') }}
-- depends_on: {{ ref('account_match_log') }}, {{ ref('match_decisions') }}
{% if flags.FULL_REFRESH -%}
-- A full build makes all of them, and asks nobody which.
select progress_id
from {{ ref('stg_application__progress') }}
where false
{%- else -%}
-- Users, and students, that a build sees for the first time, or whose syncs were taken back.
with became_known as (
    {% for singular in ['user', 'student'] -%}
    select touched.id as clever_id
    from {{ ref('touched_records') }} as touched
    left join {{ ref(singular ~ '_history') }} as history
        on
            touched.id = history.{{ singular }}_id
            and history.change_type = 'created'
            and touched.since > history.valid_from
    where touched.object = 'users' and history.{{ singular }}_id is null
    {% if not loop.last %}union{% endif %}
    {% endfor %}
),

-- What users are called in progress: by an account that is, or was, theirs, or by their Clever ID.
user_refs as (
    select account_id as user_ref
    from {{ ref('account_links') }}
    where load_id > {{ application_watermark() }} or clever_id in (select known.clever_id from became_known as known)
    union
    {{ accounts_matched_anew() }}
    union
    -- They may have come back as somebody else.
    select account_id as user_ref
    from {{ ref('account_log') }}
    where change = 'restored' and load_id > {{ application_watermark() }}
    union
    select clever_id as user_ref from became_known
)

select progress_id
from {{ ref('stg_application__progress') }}
where load_id > {{ application_watermark() }}
union
select progress_id
from {{ ref('stg_application__progress') }}
where user_ref in (select refs.user_ref from user_refs as refs)
union
-- What happened after the roster was last looked at may lie in an interval that has changed since.
select progress_id
from {{ ref('stg_application__progress') }}
where occurred_at >= (select min(touched.since) from {{ ref('touched_records') }} as touched)
{%- endif %}
