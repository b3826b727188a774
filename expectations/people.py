"""A suite for what districts type: kept as it came, and shown to whoever can mend it."""

from __future__ import annotations

from expectations.model import Suite, is_zero
from expectations.sql import counted

PEOPLE = Suite(
    name="roster_people",
    description="E-mails of active users look like e-mails; others are kept and work all the same",
    database="build",
    queries=(
        f"""
select
  district_id,
  count(*) as rows,
  {counted("email not like '%@%'", "without_at", "user_id")},
  {counted("email <> trim(email)", "with_blanks", "user_id")}
from build.roster.users
where record_status = 'active'
group by district_id
""",
    ),
    checks=(
        is_zero("every_email_has_an_at_sign", "without_at", "warn"),
        is_zero("no_email_has_blanks_around_it", "with_blanks", "warn"),
    ),
)
