{{ config(materialized='table') }}
{{ lineage('term', 'terms', ['name', 'start_date', 'end_date'], '
            successor.came_name = predecessor.last_name
            and successor.came_start_date <= predecessor.last_end_date
            and predecessor.last_start_date <= successor.came_end_date
') }}
