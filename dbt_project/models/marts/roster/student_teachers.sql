select
    enrollments.district_id,
    enrollments.student_id,
    teaching.teacher_id,
    {{ sorted_list('enrollments.section_id') }} as section_ids
from {{ ref('enrollments') }} as enrollments
inner join {{ ref('teaching') }} as teaching
    on enrollments.section_id = teaching.section_id
group by enrollments.district_id, enrollments.student_id, teaching.teacher_id
