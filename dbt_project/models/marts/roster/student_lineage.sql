{{ lineage('student', 'students', 'successor.sis_id = predecessor.sis_id') }}
