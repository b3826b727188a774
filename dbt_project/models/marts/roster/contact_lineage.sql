{#-
Families share an address and a telephone, and fathers and sons a name: it takes one of the former, the full name and a
student of both. A contact without a number gets a new ID with every edit.
-#}
{%- set students -%}
    select distinct
        relationships.contact_id,
        coalesce(student_lineage.lineage_id, relationships.student_id) as student_id
    from {{ ref('contact_relationship_history') }} as relationships
    left join {{ ref('student_lineage') }} as student_lineage on relationships.student_id = student_lineage.student_id
    where relationships.contact_id in (select contact_id from met union all select predecessor_id from met)
{%- endset -%}
{%- set names_and_student = 'and same_first_name and same_last_name and same_student' -%}
{{ lineage_of_people(
    'contact',
    'contacts',
    keys={
        'sis_id': ['sis_id', 'number'],
        'email': ['email', 'address'],
        'phone': ['phone', 'phone'],
    },
    meets={
        'name_and_email': "first_key || '|' || last_key || '|' || email",
        'name_and_phone': "first_key || '|' || last_key || '|' || phone",
    },
    rules={
        'sis_id': 'same_sis_id and (same_first_name or same_last_name or same_email or same_phone)',
        'email': 'same_email ' ~ names_and_student,
        'phone': 'same_phone ' ~ names_and_student,
    },
    students=students,
) }}
