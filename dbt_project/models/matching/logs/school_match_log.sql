{{ config(alias='school_matches') }}
{{ match_events(
    'school',
    "select crm_id as subject_id, is_present, clever_id as told_clever_id, false as is_another from " ~ ref('crm_records')
        ~ " where object = 'school'",
    'select * from ' ~ ref('school_candidates'),
    ['nces_id', 'mdr_number', 'state_id', 'school_number', 'name_city']
) }}
