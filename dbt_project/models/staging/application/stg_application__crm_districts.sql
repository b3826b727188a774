select
    {{ canonical_id('id') }} as crm_id,
    load_id,
    case when continues then 'updated' else change end as change,
    observed_at,
    {{ canonical_id('clever_id') }} as clever_id,
    name,
    city,
    state,
    zip,
    {{ canonical_id('nces_id') }} as nces_id,
    {{ canonical_id('mdr_number') }} as mdr_number,
    {{ canonical_id('state_id') }} as state_id
from {{ application_log('crm_districts') }}
