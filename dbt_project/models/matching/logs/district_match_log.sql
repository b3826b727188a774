{{ config(alias='district_matches') }}
{{ match_events(
    'district',
    "select crm_id as subject_id, is_present, clever_id as told_clever_id, false as is_another from " ~ ref('crm_records')
        ~ " where object = 'district'",
    'select * from ' ~ ref('district_candidates'),
    ['nces_id', 'mdr_number', 'name_city']
) }}
