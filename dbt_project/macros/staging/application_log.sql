{#-
The rows of an application's change log that count. Where the type of a key changed, an older version withdrew the ID in
its old spelling and created it in the new one, in one load: nothing was withdrawn, and what `continues` is an update.

    load  id    change                      load  id    change   continues
       1  42.0  created         becomes        1  42.0  created  false
       2  42.0  withdrawn                      2  42    created  true
       2  42    created
-#}
{% macro application_log(table) -%}
    {%- set spelt = canonical_id('id') -%}
    (
        with respelt as (
            select load_id, id, {{ spelt }} as spelt_id
            from {{ source('application_raw', table) }}
            where change = 'withdrawn' and id <> {{ spelt }}
        ),

        spelt_twice as (
            select distinct respelt.load_id, respelt.id, respelt.spelt_id
            from respelt
            join {{ source('application_raw', table) }} as log
                on respelt.load_id = log.load_id and respelt.spelt_id = log.id
            where log.change <> 'withdrawn'
        ),

        continued as (
            select distinct load_id, spelt_id from spelt_twice
        )

        select log.*, continued.spelt_id is not null as continues
        from {{ source('application_raw', table) }} as log
        left join spelt_twice on log.load_id = spelt_twice.load_id and log.id = spelt_twice.id
        left join continued on log.load_id = continued.load_id and log.id = continued.spelt_id
        -- A blank ID is none; only an older version took such a row.
        where spelt_twice.id is null and not {{ is_blank('log.id') }}
    ) as log
{%- endmacro %}


{#-
A time of the application, or NULL where it is none that can have happened: the year 9999 stands for never, as an older
version did not know.
-#}
{% macro application_time(column) -%}
    case
        when {{ column }} >= {{ far_past() }} and {{ column }} < cast('9999-01-01 00:00:00' as timestamp)
            then {{ column }}
    end
{%- endmacro %}
