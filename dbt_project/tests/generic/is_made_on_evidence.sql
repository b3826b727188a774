{#-
What a rule matched in this build agreed by that rule, and nothing then known contradicted it that this rule gives way
to. Of earlier matches the log tells what agreed; what is known by now of the two may be something else, and is shown
for review instead. It only warns.
-#}
{% test is_made_on_evidence(model) -%}
{{ config(severity='warn') }}
{%- set called = {'names': 'name'} %}

with {{ moments() }},

made as (
    select
        log.event_id,
        log.subject_id as account_id,
        log.clever_id as user_id,
        log.district_id,
        log.rule,
        log.agreed
    from {{ model }} as log
    cross join newest_news
    left join last_load on true
    where
        log.change = 'made'
        and log.rule <> 'decision'
        and log.news_id = newest_news.news_id
        and log.load_id = coalesce(last_load.load_id, 0)
)

select
    made.account_id,
    made.user_id,
    made.district_id,
    made.rule
from made
left join {{ ref('account_candidates') }} as candidates
    on made.account_id = candidates.account_id and made.user_id = candidates.user_id
where
    not coalesce(array_contains(made.agreed, made.rule), false)
    or case made.rule
        {%- for rule, says in people_rules().items() %}
        when '{{ rule }}'
            then {% for veto in says['vetoes'] %}array_contains(candidates.contradicted, '{{ called.get(veto, veto) }}')
            {%- if not loop.last %} or {% endif %}{% endfor %}
        {%- endfor %}
    end
{%- endtest %}
