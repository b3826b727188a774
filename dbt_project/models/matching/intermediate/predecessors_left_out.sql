{#- Written once the candidates are: by it the next build sees whom they did, or did not, leave out. -#}
{{ config(materialized='table') }}
-- depends_on: {{ ref('account_candidates') }}
select distinct predecessor_id from {{ ref('succeeded_users') }}
