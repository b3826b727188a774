{#-
The district of an account: the one it names, by Clever's ID or by that of a matched customer, or its school's, or the
only one there is. Of a district that is named and not known nothing is guessed.
-#}
with districts as (
    select district_id from {{ ref('district_history') }}
    where is_current
),

only_district as (
    select min(district_id) as district_id
    from districts
    having count(*) = 1
),

schools as (
    select
        school_id,
        district_id
    from {{ ref('school_history') }}
    where is_current
),

named as (
    select
        accounts.*,
        coalesce(accounts.clever_id, users.account_id) as told_clever_id,
        coalesce(named_districts.district_id, customers.clever_id) as named_district_id,
        coalesce(named_schools.school_id, campuses.clever_id) as school_id,
        coalesce(
            named_schools.district_id, campuses.district_id, campus_districts.district_id, campus_customers.clever_id
        ) as school_district_id
    from {{ ref('account_records') }} as accounts
    -- An account may go by a Clever ID itself.
    left join {{ ref('accounts_by_clever_id') }} as users on accounts.account_id = users.account_id
    left join districts as named_districts on accounts.district_ref = named_districts.district_id
    left join {{ ref('crm_matches') }} as customers
        on accounts.district_ref = customers.crm_id and customers.object = 'district'
    left join schools as named_schools on accounts.school_ref = named_schools.school_id
    left join {{ ref('crm_matches') }} as campuses
        on accounts.school_ref = campuses.crm_id and campuses.object = 'school'
    left join {{ ref('crm_records') }} as campus_records
        on accounts.school_ref = campus_records.crm_id and campus_records.object = 'school'
    left join districts as campus_districts on campus_records.district_ref = campus_districts.district_id
    left join {{ ref('crm_matches') }} as campus_customers
        on campus_records.district_ref = campus_customers.crm_id and campus_customers.object = 'district'
)

select
    named.account_id,
    named.load_id,
    named.is_present,
    named.told_clever_id,
    named.told_role,
    named.role,
    case
        when named.district_ref is not null then named.named_district_id
        when named.school_ref is not null then named.school_district_id
        else only_district.district_id
    end as district_id,
    named.district_ref,
    named.school_ref,
    named.school_id,
    named.first_name,
    named.middle_name,
    named.last_name,
    named.suffix,
    named.dob,
    named.email,
    named.username,
    named.sis_id,
    named.student_number,
    named.state_id,
    named.teacher_number,
    named.grade,
    named.is_another
from named
left join only_district on true
