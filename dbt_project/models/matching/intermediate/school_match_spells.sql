{{ config(materialized='table') }}
{{ place_match_spells('school') }}
