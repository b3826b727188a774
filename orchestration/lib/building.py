"""Build and judge; what fails for some districts' rows takes their newest sync back, not the rest.

A blocking test or suite that fails names the districts whose rows fail it. Their newest sync is
refused, by a row appended to the log, and everything is built again without it. Where that does
not help, more of a district is taken back, as long as another district stands; a failure that no
district's rows explain stops the whole, and then nothing was refused either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import duckdb

from dlt_sources.clever import clever_pipeline
from dlt_sources.clever.changelog import open_warehouse
from dlt_sources.clever.retractions import districts_standing, lift, refusable, take_back
from dlt_sources.sql import literal
from expectations.model import CheckResult
from expectations.process import SuiteRunner
from orchestration.lib.dbt_runner import EVERYTHING, TABLES_AND_TESTS, NodeResult, build
from orchestration.lib.home import Home
from orchestration.lib.phases import phase
from orchestration.lib.watermark import BuildPlan

#: Beside a log of so many bytes the suites start after dbt: their four seconds matter less then
#: than the memory that both would take at once.
_LARGE_LOG = 100_000_000
#: What a row takes in the log, in bytes.
_ROW = 300

#: So many of a district's failing IDs are told.
_SAMPLE = 3


@dataclass(frozen=True)
class Failure:
    """A blocking check that failed; the districts whose rows fail it, None if it is nobody's.

    `samples` are a few IDs of the failing rows by district, where they have one.
    """

    check: str
    districts: tuple[str, ...] | None
    samples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def told(self, district_id: str) -> str:
        """The check, and a few IDs of the district's rows that fail it; never a value."""
        ids = self.samples.get(district_id)
        return f"{self.check} (such as {', '.join(ids)})" if ids else self.check


@dataclass(frozen=True)
class Built:
    """The results of the last build and of its suites, and the districts that were refused."""

    results: list[NodeResult]
    verdicts: list[CheckResult]
    refused: tuple[str, ...]


def build_and_judge(
    home: Home, plan: BuildPlan, suites: SuiteRunner, run_id: str, warn: Callable[[str], object]
) -> Built:
    """Build until what is built passes, without the districts that keep it from passing.

    If the failures cannot be told by district, the results say so and nothing is taken back.
    Raises BuildError when dbt could not start, RollbookError when the suites could not be judged.
    """
    refusals = _Refusals(home, run_id)
    while True:
        with phase(home, "dbt"):
            results = _build(home, plan, suites, warn)
        failures = list(failed_nodes(home, results))
        verdicts: list[CheckResult] = []
        if not failures:
            with phase(home, "checks"):
                verdicts = suites.judge(since=0 if plan.full else None)
            failures = [_failed_check(each) for each in verdicts if each.blocks]
        if not failures or not refusals.made_for(failures, warn):
            return Built(results, verdicts, refusals.districts)
        plan = replace(plan, full=True)


def _build(
    home: Home, plan: BuildPlan, suites: SuiteRunner, warn: Callable[[str], object]
) -> list[NodeResult]:
    get_ready(home, suites)
    return build(home, EVERYTHING if plan.full else TABLES_AND_TESTS, warn)


def get_ready(home: Home, suites: SuiteRunner, coming: int = 0) -> None:
    """Start the suites' process, if the log is not too large to have it beside dbt.

    `coming` are the rows that are about to be loaded.
    """
    if home.warehouse.stat().st_size + coming * _ROW < _LARGE_LOG:
        suites.start()


def failed_nodes(home: Home, results: Sequence[NodeResult]) -> Iterator[Failure]:
    """What of a build has failed, and whose rows; nothing may hold the home's databases open."""
    for result in results:
        if not result.ok and result.status != "skipped":
            yield _failed_node(home, result)


def _failed_check(result: CheckResult) -> Failure:
    """Of several districts' rows it is not known whose the sample is."""
    samples = {}
    if result.districts and len(result.districts) == 1:
        [district_id] = result.districts
        samples[district_id] = tuple(i for i in result.sample_ids if i != district_id)[:_SAMPLE]
    return Failure(result.check, result.districts, samples)


def _failed_node(home: Home, result: NodeResult) -> Failure:
    """Whose rows a failed test has found: nobody's of a model, or if they name no district."""
    if not result.failing_rows:
        return Failure(result.name, None)
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        try:
            connection.execute(f"attach {literal(home.build)} as build (read_only)")
            found = connection.execute(
                "select distinct known.district_id "
                f"from ({result.failing_rows}) as failing "
                "left join (select distinct district_id from clever_raw.syncs) as known "
                "using (district_id) order by 1"
            ).fetchall()
            samples = _samples(connection, result.failing_rows)
        except duckdb.Error:  # The test's rows have no district: it is about something else.
            return Failure(result.name, None)
    districts = [district for (district,) in found]
    if not districts or None in districts:
        return Failure(result.name, None)
    return Failure(result.name, tuple(districts), samples)


def _samples(
    connection: duckdb.DuckDBPyConnection, failing_rows: str
) -> Mapping[str, tuple[str, ...]]:
    """A few of the IDs in the first column of IDs, by district."""
    with suppress(duckdb.Error):  # Whose rows fail is known without them.
        columns = connection.sql(f"select * from ({failing_rows}) as failing limit 0").columns
        of_ids = [name for name in columns if name.endswith("_id") and name != "district_id"]
        rows = (
            connection.execute(
                f"select district_id, list(id order by id)[:{_SAMPLE}] from ("
                f'  select distinct district_id, cast("{of_ids[0]}" as varchar) as id '
                f"  from ({failing_rows}) as failing"
                ") as ids where id is not null group by district_id"
            ).fetchall()
            if of_ids
            else []
        )
        return {district_id: tuple(ids) for district_id, ids in rows}
    return {}


class _Refusals:
    """What a run takes back of districts: each time one fails again, twice as many of its syncs."""

    def __init__(self, home: Home, run_id: str) -> None:
        self._home = home
        self._run_id = run_id
        self._numbers: list[int] = []
        self._syncs: dict[str, list[int]] = {}
        self._times: dict[str, int] = defaultdict(int)

    @property
    def districts(self) -> tuple[str, ...]:
        """The districts refused and still so."""
        return tuple(sorted(self._syncs)) if self._numbers else ()

    def made_for(self, failures: Sequence[Failure], warn: Callable[[str], object]) -> bool:
        """Take back what fails; False, and all of this run's refusals lifted, if it cannot help."""
        with open_warehouse(clever_pipeline(self._home.root)) as client:
            if not self._can_help(client, failures):
                for number in self._numbers:
                    lift(client, self._home.root, number, self._run_id)
                self._numbers.clear()
                return False
            for district_id in _concerned(failures):
                checks = sorted(
                    {each.told(district_id) for each in failures if district_id in _of(each)}
                )
                self._refuse(client, district_id, checks)
                warn(f"District {district_id} is refused: its rows fail {', '.join(checks)}.")
        return True

    def _can_help(self, client: object, failures: Sequence[Failure]) -> bool:
        if any(failure.districts is None for failure in failures):
            return False
        concerned = _concerned(failures)
        for district_id in concerned:
            if district_id not in self._syncs:
                self._syncs[district_id] = refusable(client, district_id)
        if any(self._all_taken(district_id) for district_id in concerned):
            return False
        again = [district_id for district_id in concerned if self._times[district_id]]
        return not again or bool(set(districts_standing(client)) - set(concerned))

    def _all_taken(self, district_id: str) -> bool:
        syncs, times = self._syncs[district_id], self._times[district_id]
        return not syncs or (times > 0 and 2 ** (times - 1) >= len(syncs))

    def _refuse(self, client: object, district_id: str, checks: Sequence[str]) -> None:
        syncs = self._syncs[district_id]
        since = syncs[min(2 ** self._times[district_id], len(syncs)) - 1]
        self._times[district_id] += 1
        reason = (
            f"Refused: its rows fail {', '.join(checks)}. Nothing of it counts, everything is kept "
            "in the log; the next sync is compared with what stood before. docs/operations.md "
            "(refused) says how to look at it."
        )
        self._numbers.append(
            take_back(
                client,
                self._home.root,
                district_id,
                since,
                kind="refused",
                reason=reason,
                made_by="rollbook",
                run_id=self._run_id,
            )
        )


def _of(failure: Failure) -> tuple[str, ...]:
    return failure.districts or ()


def _concerned(failures: Sequence[Failure]) -> list[str]:
    return sorted({district_id for failure in failures for district_id in _of(failure)})
