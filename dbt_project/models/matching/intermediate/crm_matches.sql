{% for object in ['district', 'school'] -%}
select
    '{{ object }}' as object,
    crm_id,
    clever_id,
    district_id
from {{ ref(object ~ '_match_spells') }}
where is_current and district_id is not null
{% if not loop.last %}union all{% endif %}
{% endfor %}
