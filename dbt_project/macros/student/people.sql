{#-
When the people are there whom an edit may put into a section or a group: the students of Clever while they are
active, and users the application has added by hand, while that edit is in force and until Clever shows them: from
then on Clever manages them, and what was before stays. `district_id` of these is the one the edit names, if any.
`among` is a subquery of their IDs.
-#}
{% macro people(among) -%}
select
    student_id,
    district_id,
    valid_from,
    valid_to
from ({{ active('student', among) }}) as students
union all
select
    edits.user_id as student_id,
    edits.district_id,
    edits.valid_from,
    least(edits.valid_to, users.first_seen_at) as valid_to
from ({{ edits_of(['add_user'], ['user_id', 'district_id']) }}) as edits
left join {{ ref('users') }} as users on edits.user_id = users.user_id
where
    edits.user_id in ({{ among }})
    and (users.user_id is null or edits.valid_from < users.first_seen_at)
{%- endmacro %}
