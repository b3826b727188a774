{#- Publishing fills it: only the published file has macros, and not every relation of the build. -#}
select
    cast(null as {{ dbt.type_string() }}) as table_name,
    cast(null as {{ dbt.type_string() }}) as kind,
    cast(null as {{ dbt.type_string() }}) as type,
    cast(null as {{ dbt.type_string() }}) as grain,
    {{ no_texts() }} as key,
    cast(null as {{ dbt.type_string() }}) as sample,
    cast(null as boolean) as is_intermediate,
    cast(null as {{ dbt.type_string() }}) as description
where false
