{#- The application's accounts as last known. One that is linked to nobody any more has no Clever ID. -#}
{% macro accounts() -%}
select
    log.account_id,
    log.clever_id,
    log.load_id
from {{ ref('stg_application__accounts') }} as log
inner join (
    select
        account_id,
        max(load_id) as load_id
    from {{ ref('stg_application__accounts') }}
    group by account_id
) as newest
    on log.account_id = newest.account_id and log.load_id = newest.load_id
{%- endmacro %}
