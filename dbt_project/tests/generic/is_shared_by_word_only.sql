{#-
A rule matches nobody with a Clever ID that is another's already: only a person or the application gives one (`clever`)
to two accounts, or to two districts or schools of the customer list (`subject`). It only warns.
-#}
{% test is_shared_by_word_only(model, subject, clever) -%}
{{ config(severity='warn') }}

select
    by_rule.{{ subject }},
    by_rule.{{ clever }},
    {% if clever != 'district_id' %}by_rule.district_id,{% endif %}
    other.{{ subject }} as other_{{ subject }}
from {{ model }} as by_rule
inner join {{ model }} as other
    on by_rule.{{ clever }} = other.{{ clever }} and by_rule.{{ subject }} <> other.{{ subject }}
where
    by_rule.rule not in ('application', 'decision')
    -- An account that goes by a Clever ID itself has no time of its own.
    and other.{{ subject }} <> other.{{ clever }}
    and (other.rule not in ('application', 'decision') or other.matched_at < by_rule.matched_at)
{%- endtest %}
