{{ config(materialized='table') }}
{{ lineage('course', 'courses', ['name', 'number'], '
            successor.came_name = predecessor.last_name
            and successor.came_number is not distinct from predecessor.last_number
') }}
