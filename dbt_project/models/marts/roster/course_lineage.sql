{{ lineage('course', 'courses', '
            successor.name = predecessor.name
            and successor.number is not distinct from predecessor.number
') }}
