{#-
The attributes of each kind of record, in the order of its columns: what a version of it consists of.
Lists that an association table holds are no attributes.
-#}
{% macro attributes(record) -%}
    {%- set of_every_user = [
        'first_name', 'middle_name', 'last_name', 'email', 'lms_status_synced_in_lms',
    ] -%}
    {%- set location = [
        'location_address', 'location_city', 'location_state', 'location_zip', 'location_lat', 'location_lon',
    ] -%}
    {%- set of = {
        'district': [
            'name', 'sis_type', 'launch_date', 'portal_url', 'login_methods', 'mdr_number', 'nces_id',
            'district_contact_id', 'district_contact_district_id', 'district_contact_email',
            'district_contact_first_name', 'district_contact_last_name', 'district_contact_title',
            'lms_type', 'lms_state',
        ],
        'school': [
            'name', 'sis_id', 'school_number', 'low_grade', 'high_grade', 'phone',
            'state_id', 'nces_id', 'mdr_number', 'principal_name', 'principal_email',
        ] + location + ['ext'],
        'term': ['name', 'start_date', 'end_date'],
        'course': ['name', 'number'],
        'section': [
            'name', 'sis_id', 'school_id', 'course_id', 'term_id', 'primary_teacher_id',
            'subject', 'grade', 'period', 'section_number', 'ext', 'lms_status_synced_in_lms',
        ],
        'user': of_every_user + ['roles'],
        'student': of_every_user + [
            'sis_id', 'school_id', 'student_number', 'state_id', 'grade', 'gender', 'dob', 'dob_raw',
            'race', 'hispanic_ethnicity', 'ell_status', 'graduation_year',
        ] + location + [
            'district_username', 'ext', 'legacy_id', 'frl_status', 'gifted_status', 'section_504_status',
            'disability_disability_status', 'disability_disability_type', 'disability_disability_code',
            'home_language', 'home_language_code', 'iep_status',
            'preferred_name_first', 'preferred_name_middle', 'preferred_name_last',
        ],
        'teacher': of_every_user + [
            'sis_id', 'legacy_id', 'school_id', 'teacher_number', 'state_id', 'title', 'district_username', 'ext',
        ],
        'staff': of_every_user + [
            'staff_sis_id', 'legacy_id', 'title', 'department', 'roles', 'district_username', 'ext',
        ],
        'district_admin': of_every_user + ['legacy_id', 'title'],
        'contact': of_every_user + ['sis_id', 'phone', 'phone_type', 'legacy_id'],
    } -%}
    {{ return(of[record]) }}
{%- endmacro %}
