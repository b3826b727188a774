with versions as (
    {{ student_days() }}
),

stays as (
    {{ stays('versions') }}
),

enrolled as (
    {{ stayed_days([]) }}
),

done as (
    {{ progress_done([]) }}
),

{{ progress_rates([]) }}
