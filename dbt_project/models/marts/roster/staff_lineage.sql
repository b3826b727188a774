{#-
No birthday would contradict: a number needs a name or an e-mail address beside it, an address both names, of which the
first may differ by a letter more or less, or by its end: schools give `j.smith` to the next Smith.
-#}
{{ lineage_of_people(
    'staff',
    'staff',
    keys={'staff_sis_id': ['staff_sis_id', 'number'], 'email': ['email', 'address']},
    meets={'email': 'email'},
    rules={
        'staff_sis_id': 'same_staff_sis_id and (same_first_name or same_last_name or same_email)',
        'email': 'same_email and has_like_names and has_that_first_name',
    },
) }}
