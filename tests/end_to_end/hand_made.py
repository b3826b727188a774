"""A published file made by hand: as many districts as a test wants, without syncing any."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

#: What is the same in every file.
_KEPT = (("ops", "warning_kinds"), ("ops", "settings"))

_FILLED = """
create temp table d as select
    'd' || lpad(cast(i as varchar), 3, '0') as district_id,
    i,
    coalesce({names}[i + 1], 'District ' || i) as name,
    20 + 3 * ({districts} - i) as size,
    cast(now() at time zone 'UTC' as timestamp) - interval 3 hour as looked_at
from range({districts}) as numbers(i);
insert into roster.districts by name select district_id, name, 'active' as record_status from d;
insert into ops.district_status by name
select district_id, case when i in {held} then 'held' else 'complete' end as status,
    looked_at as since, looked_at as last_complete_at, 1 as last_sync_id from d;
insert into ops.syncs by name
select 1 + day as sync_id, district_id, 'complete' as status, 10 + i as created, day as updated,
    1 as archived, 0 as restored, looked_at - to_days({days} - 1 - cast(day as int)) as observed_at
from d, range({days}) as numbers(day);
create temp table s as select
    district_id || '-' || k as student_id, district_id, district_id || '-school' as school_id,
    cast(1 + k % 12 as varchar) as grade, 'active' as record_status,
    looked_at - to_days(cast(k % {days} as int)) as valid_from,
    case when k % 10 = 9 then looked_at end as valid_to
from d, range(size) as numbers(k);
create temp table versions as
from s union all by name
select * replace ('archived' as record_status, valid_to as valid_from, null as valid_to)
from s where valid_to is not null;
create temp table present as select * exclude (valid_from, valid_to)
    replace (case when valid_to is null then 'active' else 'archived' end as record_status) from s;
insert into roster.student_history by name select * from versions;
insert into roster.students by name select * from present;
insert into roster.teacher_history by name
select district_id, student_id as teacher_id, record_status, valid_from, valid_to from versions
where student_id like '%9' or student_id like '%1';
insert into roster.teachers by name
select district_id, student_id as teacher_id, record_status from present
where student_id like '%9' or student_id like '%1';
insert into roster.section_history by name
select district_id, student_id as section_id, record_status, valid_from, valid_to from versions
where student_id not like '%1';
insert into roster.sections by name
select district_id, student_id as section_id, record_status from present
where student_id not like '%1';
insert into roster.schools by name
select distinct school_id, district_id, 'active' as record_status from s;
insert into roster.enrollment_history by name
select student_id, district_id, 'class' as section_id, valid_from, valid_to from s;
insert into roster.enrollments by name
select student_id, district_id, section_id from roster.enrollment_history where valid_to is null;
insert into ops.warnings by name
select district_id, 'roster.students' as table_name, 'district_held' as warning,
    'the newest sync is held' as line
from ops.district_status where status = 'held';
insert into ops.held_changes by name
select 1 as sync_id, district_id, 'students' as object, 400 as present, 0 as created, 3 as updated,
    390 as removed, 'more than 10 % removed' as limit_hit
from ops.district_status where status = 'held';
"""


@dataclass(frozen=True)
class HandMade:
    """Districts numbered from 0, the largest first, each looked at on so many days up to today."""

    districts: int
    days: int = 5
    names: tuple[str, ...] = ()
    held: tuple[int, ...] = ()

    def write(self, like: Path, file: Path) -> None:
        """Write the file, with every relation of a published one."""
        file.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(file)) as connection:
            connection.execute(f"attach '{like}' as played (read_only)")
            relations = connection.execute(
                "select distinct schema_name, table_name from duckdb_columns() "
                "where database_name = 'played' and not internal"
            ).fetchall()
            for schema, table in relations:
                none = "" if (schema, table) in _KEPT else "limit 0"
                connection.execute(f"create schema if not exists {schema}")
                connection.execute(
                    f"create table {schema}.{table} as from played.{schema}.{table} {none}"
                )
            connection.execute("detach played")
            connection.execute(
                "create macro intermediate.local_day(district_id, t) as cast(t as date)"
            )
            connection.execute(
                _FILLED.format(
                    districts=self.districts,
                    days=self.days,
                    names=f"cast({list(self.names)} as varchar[])",
                    held=(*self.held, -1, -2),
                )
            )
