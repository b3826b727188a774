{#-
A rule matches nobody with a Clever ID that is another's already: only a person or the application gives one to two
accounts, or to two districts or schools of the customer list. It only warns.
-#}
{% test is_shared_by_word_only(model, object) -%}
{{ config(severity='warn') }}
{%- set subject = 'account_id' if object == 'account' else 'crm_id' -%}
{%- set clever = 'user_id' if object == 'account' else 'clever_id' %}

with shared as (
    select {{ clever }} as clever_id
    from {{ model }}
    where is_current
    group by {{ clever }}
    having count(*) > 1
),

matches as (
    select
        {{ subject }},
        {{ clever }} as clever_id,
        rule in ('application', 'decision') as is_by_word,
        valid_from
    from {{ model }}
    where is_current and {{ clever }} in (select shared.clever_id from shared)
),

places as (
    {{ places_of(object) }}
)

select
    by_rule.{{ subject }},
    places.district_id,
    other.{{ subject }} as other_{{ subject }}
from matches as by_rule
inner join matches as other
    on by_rule.clever_id = other.clever_id and by_rule.{{ subject }} <> other.{{ subject }}
left join places on by_rule.clever_id = places.clever_id
-- A word that came later may give it to a second one.
where not by_rule.is_by_word and (not other.is_by_word or other.valid_from < by_rule.valid_from)
{%- endtest %}
