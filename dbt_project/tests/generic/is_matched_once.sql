{#-
Nobody is matched with two at a time: an account, or a district or school of the customer list, has one match in force.
Like all tests of matching it only warns: a roster is not kept back for a match. Of accounts those of which something is
new are looked at: the matches of the others are as they were.
-#}
{% test is_matched_once(model, object) -%}
{{ config(severity='warn') }}
{%- set subject = 'account_id' if object == 'account' else 'crm_id' -%}
{%- set clever = 'user_id' if object == 'account' else 'clever_id' %}

with twice as (
    select
        {{ subject }},
        min({{ clever }}) as clever_id,
        count(*) as matches
    from {{ model }}
    where
        is_current
        {%- if object == 'account' %}
        and {{ subject }} in (select touched.account_id from {{ ref('touched_accounts') }} as touched)
        {%- endif %}
    group by {{ subject }}
    having count(*) > 1
),

places as (
    {{ places_of(object) }}
)

select
    twice.{{ subject }},
    places.district_id,
    twice.matches
from twice
left join places on twice.clever_id = places.clever_id
{%- endtest %}
