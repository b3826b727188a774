"""Days of a roster and of an application beside it, built day by day as in production."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from orchestration.lib.dbt_runner import EVERYTHING, TABLES_AND_TESTS
from tests.dbt.application_log import ApplicationLog
from tests.dbt.building import built, opened
from tests.dbt.dbt_warehouse import Record, Warehouse

MON, TUE, WED, THU, FRI = (datetime(2026, 8, day, 2) for day in (17, 18, 19, 20, 21))
HOUR = timedelta(hours=1)


def student(id_: str, *, grade: str = "7", school: str = "elm") -> Record:
    return {"id": id_, "roles": {"student": {"grade": grade, "school": school}}}


def section(id_: str, *students: str, teachers: Sequence[str] = ("kim",), **more: Any) -> Record:
    about = {"id": id_, "school": "elm", "term_id": "fall", "course": "m1", **more}
    return {**about, "students": [*students], "teachers": [*teachers], "teacher": teachers[0]}


TEACHERS = [{"id": name, "roles": {"teacher": {"school": "elm"}}} for name in ("kim", "lee")]
PLACES: dict[str, list[Record]] = {
    "schools": [{"id": "elm"}, {"id": "oak"}],
    "terms": [{"id": "fall", "name": "Fall"}],
    "courses": [{"id": "m1"}],
}
CONTEXT = "student_id, school_id, section_id, primary_teacher_id, co_teacher_ids, grade, term_id"


def record(id_: str, at: datetime, user: str = "ana", **more: Any) -> dict[str, Any]:
    return {"id": id_, "user_id": user, "kind": "lesson_completion", "occurred_at": at, **more}


@dataclass
class Story:
    """Days of a roster and of an application, built day by day as in production."""

    warehouse: Warehouse
    application: ApplicationLog
    built_once: bool = False

    def day(
        self,
        at: datetime,
        users: Sequence[Record] = (),
        sections: Sequence[Record] = (),
        *,
        progress: Sequence[dict[str, Any]] | None = None,
        accounts: Sequence[dict[str, Any]] | None = None,
        edits: Sequence[dict[str, Any]] | None = None,
        build: bool = True,
        **places: list[Record],
    ) -> None:
        self.warehouse.sync(
            {**PLACES, **places, "users": [*users, *TEACHERS], "sections": [*sections]}, at=at
        )
        tables = {"progress": progress, "accounts": accounts, "manual_edits": edits}
        given = {name: rows for name, rows in tables.items() if rows is not None}
        self.application.load(at, **given)
        if build:
            self.build_news()

    def build_news(self) -> None:
        """Build as the daily job does, and note that."""
        self.build(TABLES_AND_TESTS if self.built_once else EVERYTHING)
        self.note(self.warehouse.sync_id, self.application.load_id)
        self.built_once = True

    def build(self, arguments: Sequence[str]) -> None:
        results = built(self.warehouse, *arguments)
        assert [(result.name, result.message) for result in results if not result.ok] == []

    def note(self, sync_id: int, load_id: int) -> None:
        """Note what a build has seen: the next one makes again only what is newer."""
        with opened(self.warehouse.home) as connection:
            for table, values in (
                ("builds", (sync_id, "test")),
                ("application_builds", (load_id,)),
            ):
                connection.execute(f"delete from build.ops.{table}")
                connection.execute(
                    f"insert into build.ops.{table} values {values}".replace(",)", ")")
                )

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with opened(self.warehouse.home) as connection:
            connection.execute("use build")
            return connection.execute(query).fetchall()

    def context(self, id_: str) -> tuple[Any, ...]:
        [found] = self.ask(
            f"select {CONTEXT} from progress.student_progress where progress_id = '{id_}'"
        )
        return found

    def ends_as_a_full_build_would(self) -> None:
        everything = "from intermediate.progress_records order by all"
        before = self.ask(everything)
        self.build(EVERYTHING)
        assert self.ask(everything) == before


def begun(folder: Path) -> Story:
    """A story in which nothing has happened yet."""
    warehouse = Warehouse(folder / "home")
    return Story(warehouse, ApplicationLog(warehouse))
