{{ lineage('term', 'terms', '
            successor.name = predecessor.name
            and successor.start_date <= predecessor.end_date
            and predecessor.start_date <= successor.end_date
') }}
