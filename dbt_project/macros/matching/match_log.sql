{#-
A match is state: it is made once, of what was known then, and stays until one of a few things ends it. A log of matches
has one row for each that was made and each that ended, numbered in order; a build appends to it what has come, and no
build makes it again. `subject_id` is an account, or a district or school of a customer list, `clever_id` the user,
district or school of Clever's.

What was made of a sync that was taken back since was never made.
-#}
{% macro visible_matches(log) -%}
    select log.*
    from {{ log }} as log
    left join {{ ref('stg_clever__syncs') }} as syncs
        on log.sync_id = syncs.sync_id and log.district_id = syncs.district_id
    where log.sync_id is null or syncs.status = 'complete'
{%- endmacro %}


{#- Of each subject what was told last: it is matched if that is a match made. -#}
{% macro last_events(events) -%}
    select events.*
    from {{ events }} as events
    inner join (
        select
            subject_id,
            max(event_id) as event_id
        from {{ events }}
        group by subject_id
    ) as newest on events.event_id = newest.event_id
{%- endmacro %}


{#-
The rows that a build appends to a log of matches of an `object`: what ends, then what is made by a decision, what
resumes as an account came back, and then rule by rule what is made.

`records` (a relation of `subject_id`, `is_present`, `told_clever_id`, and `is_another`: it came back as somebody else) says what there is and what the application itself
links, which goes before everything and stands in its own log. `candidates` (`subject_id`, `clever_id`, `district_id`,
`role`, `deciding`, `agreed`, `contradicted`) are the pairs for which some evidence speaks; of a rule in `deciding` a
subject and an ID have at most one. Nobody is matched twice: what an earlier rule took, a later one leaves.

`concerned`, a relation of `subject_id` that may read the CTE `all_past`, are the subjects of which something may end or
be made, and those that may hold what these would get: of a million matches a day looks at few. Without it all are.
-#}
{% macro match_events(object, records, candidates, rules, concerned=none) -%}
{%- set of_concerned = 'where subject_id in (select concerned.subject_id from concerned)' if concerned else '' -%}
with all_past as (
    {% if is_incremental() -%}
    {{ visible_matches(this) }}
    {%- else -%}
    {{ no_events() }}
    {%- endif %}
),

{% if concerned -%}
concerned as (
    {{ concerned }}
),

{% endif -%}
past as (
    select * from all_past
    {{ of_concerned }}
),

numbers as (
    select coalesce(max(event_id), 0) as event_id
    from {{ this if is_incremental() else 'all_past' }}
),

last_known as (
    {{ last_events('past') }}
),

{{ moments() }},

records as (
    select *
    from ({{ records }}) as told
    {{ of_concerned }}
),

decided as (
    select
        account_id as subject_id,
        user_id as clever_id,
        decision,
        decision_id
    from {{ ref('district_decisions' if object == 'district' else 'match_decisions') }}
    where object = '{{ object }}' and is_standing
),

accepted as (
    select * from decided
    where decision = 'accept'
),

refused as (
    select * from decided
    where decision <> 'accept'
),

in_force as (
    select
        last_known.*,
        case
            when not coalesce(records.is_present, false) then 'withdrawn'
            when records.told_clever_id <> last_known.clever_id then 'linked elsewhere'
            when refused.decision = 'reject' then 'rejected'
            when refused.decision = 'apart' then 'kept apart'
            when accepted.clever_id <> last_known.clever_id then 'decided otherwise'
            when last_known.rule = 'decision' and accepted.clever_id is null then 'decision withdrawn'
        end as ends_as,
        coalesce(refused.decision_id, accepted.decision_id) as ended_by
    from last_known
    left join records on last_known.subject_id = records.subject_id
    left join refused on last_known.subject_id = refused.subject_id and last_known.clever_id = refused.clever_id
    left join accepted on last_known.subject_id = accepted.subject_id
    where last_known.change = 'made'
),

kept as (
    select * from in_force
    where ends_as is null
),

pairs as (
    {{ candidates }}
),

open as (
    select records.subject_id
    from records
    left join kept on records.subject_id = kept.subject_id
    where records.is_present and records.told_clever_id is null and kept.subject_id is null
),

-- Only a person, or the application, gives a user to two accounts.
by_decision as (
    select
        open.subject_id,
        accepted.clever_id,
        'decision' as rule,
        pairs.agreed,
        accepted.decision_id
    from open
    inner join accepted on open.subject_id = accepted.subject_id
    left join pairs on accepted.subject_id = pairs.subject_id and accepted.clever_id = pairs.clever_id
),

taken as (
    select subject_id, clever_id from kept
    union all
    select subject_id, told_clever_id as clever_id from records
    where is_present and told_clever_id is not null
    union all
    select subject_id, clever_id from by_decision
),

-- An account that came back is whose it was, unless that one has another by now, or something contradicts.
resumed as (
    select
        last_known.subject_id,
        last_known.clever_id,
        last_known.rule,
        last_known.agreed,
        row_number() over (partition by last_known.clever_id order by last_known.event_id desc) as place
    from last_known
    inner join open on last_known.subject_id = open.subject_id
    inner join records on last_known.subject_id = records.subject_id
    left join pairs on last_known.subject_id = pairs.subject_id and last_known.clever_id = pairs.clever_id
    left join refused on last_known.subject_id = refused.subject_id and last_known.clever_id = refused.clever_id
    where
        last_known.change = 'ended'
        and last_known.end_reason = 'withdrawn'
        and last_known.rule <> 'decision'
        and pairs.contradicted is null
        and not records.is_another
        and refused.subject_id is null
        and last_known.subject_id not in (select taken.subject_id from taken)
        and last_known.clever_id not in (select taken.clever_id from taken)
),

{%- set earlier = ['resumed'] -%}
{%- for rule in rules %}

by_{{ rule }} as (
    select
        pairs.subject_id,
        pairs.clever_id,
        '{{ rule }}' as rule,
        pairs.agreed
    from pairs
    inner join open on pairs.subject_id = open.subject_id
    left join refused on pairs.subject_id = refused.subject_id and pairs.clever_id = refused.clever_id
    where
        array_contains(pairs.deciding, '{{ rule }}')
        and refused.subject_id is null
        and pairs.subject_id not in (
            select taken.subject_id from taken
            {%- for each in earlier %}
            union all
            select {{ each }}.subject_id from {{ each }}{{ ' where place = 1' if each == 'resumed' }}
            {%- endfor %}
        )
        and pairs.clever_id not in (
            select taken.clever_id from taken
            {%- for each in earlier %}
            union all
            select {{ each }}.clever_id from {{ each }}{{ ' where place = 1' if each == 'resumed' }}
            {%- endfor %}
        )
),
{%- do earlier.append('by_' ~ rule) -%}
{%- endfor %}

made as (
    select subject_id, clever_id, rule, agreed, decision_id from by_decision
    {%- for each in earlier %}
    union all
    select subject_id, clever_id, rule, agreed, null as decision_id from {{ each }}
    {%- if each == 'resumed' %} where place = 1{% endif %}
    {%- endfor %}
),

of_clever as (
    {{ places_of(object) }}
),

told as (
    select
        subject_id,
        clever_id,
        'ended' as change,
        rule,
        agreed,
        ended_by as decision_id,
        ends_as as end_reason,
        district_id,
        cast(null as {{ dbt.type_bigint() }}) as sync_id,
        cast(null as timestamp) as synced_at
    from in_force
    where ends_as is not null
    union all
    select
        made.subject_id,
        made.clever_id,
        'made' as change,
        made.rule,
        made.agreed,
        made.decision_id,
        null as end_reason,
        of_clever.district_id,
        last_syncs.sync_id,
        last_syncs.observed_at as synced_at
    from made
    inner join of_clever on made.clever_id = of_clever.clever_id
    inner join last_syncs on of_clever.district_id = last_syncs.district_id
)

select
    numbers.event_id + row_number() over (order by told.change, told.subject_id) as event_id,
    told.subject_id,
    told.clever_id,
    told.change,
    told.rule,
    told.agreed,
    told.decision_id,
    told.end_reason,
    told.district_id,
    told.sync_id,
    coalesce(last_load.load_id, 0) as load_id,
    newest_news.news_id,
    greatest(told.synced_at, last_load.observed_at, case when told.sync_id is null then newest_sync.observed_at end)
        as observed_at
from told
cross join numbers
cross join last_load
cross join newest_sync
cross join newest_news
{%- endmacro %}


{#- CTEs: the last sync of each district, the last of all, and the last load of the application that was complete. -#}
{% macro moments() -%}
last_syncs as (
    select
        district_id,
        max(sync_id) as sync_id,
        max(observed_at) as observed_at
    from {{ ref('stg_clever__syncs') }}
    where status = 'complete'
    group by district_id
),

newest_sync as (
    select max(observed_at) as observed_at from last_syncs
),

-- Syncs and decisions are numbered from one sequence: what a build appends, no earlier one can have told of.
newest_news as (
    select greatest(
        coalesce((select max(syncs.sync_id) from {{ ref('stg_clever__syncs') }} as syncs), 0),
        coalesce((select max(decisions.decision_id) from {{ source('matching_raw', 'decisions') }} as decisions), 0)
    ) as news_id
),

last_load as (
    select
        max(load_id) as load_id,
        max(observed_at) as observed_at
    from {{ source('application_raw', 'loads') }}
    where status = 'complete'
)
{%- endmacro %}


{#- A log of matches without a row. -#}
{% macro no_events() -%}
    select
        cast(null as {{ dbt.type_bigint() }}) as event_id,
        cast(null as {{ dbt.type_string() }}) as subject_id,
        cast(null as {{ dbt.type_string() }}) as clever_id,
        cast(null as {{ dbt.type_string() }}) as change,
        cast(null as {{ dbt.type_string() }}) as rule,
        {{ no_texts() }} as agreed,
        cast(null as {{ dbt.type_string() }}) as decision_id,
        cast(null as {{ dbt.type_string() }}) as end_reason,
        cast(null as {{ dbt.type_string() }}) as district_id,
        cast(null as {{ dbt.type_bigint() }}) as sync_id,
        cast(null as {{ dbt.type_bigint() }}) as load_id,
        cast(null as {{ dbt.type_bigint() }}) as news_id,
        cast(null as timestamp) as observed_at
    where false
{%- endmacro %}


{#- The districts of the IDs that subjects of an object are matched with. -#}
{% macro places_of(object) -%}
    {%- set record = {'account': 'user'}.get(object, object) -%}
    select
        {{ record }}_id as clever_id,
        district_id
    from {{ ref(record ~ '_history') }}
    where is_current
{%- endmacro %}


{#- One of Clever's roles for the word an application has for it; NULL for any other word. -#}
{% macro clever_role(word) -%}
    case {{ letters_of(word) }}
        when 'student' then 'student' when 'students' then 'student' when 'pupil' then 'student'
        when 'learner' then 'student'
        when 'teacher' then 'teacher' when 'teachers' then 'teacher' when 'instructor' then 'teacher'
        when 'staff' then 'staff'
        when 'districtadmin' then 'district_admin' when 'districtadmins' then 'district_admin'
        when 'districtadministrator' then 'district_admin'
        when 'contact' then 'contact' when 'contacts' then 'contact' when 'parent' then 'contact'
        when 'guardian' then 'contact'
    end
{%- endmacro %}
