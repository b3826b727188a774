"""What a suite is: plain data, so that reading the rules costs no import of Great Expectations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warn"]
Database = Literal["warehouse", "build"]


@dataclass(frozen=True)
class Check:
    """One expectation about a suite's frame.

    A row of the frame stands for many records: column `rows` says for how many, `counts` names the
    column that says how many of them are wrong if the row fails, and `<counts>_ids` holds a few of
    their ids. `expects` is the class in `great_expectations.expectations`, judged row by row.
    An `error` keeps the last good roster published, a `warn` is shown and changes nothing.
    """

    name: str
    expects: str
    arguments: Mapping[str, object]
    counts: str = "rows"
    severity: Severity = "error"


@dataclass(frozen=True)
class Suite:
    """A frame of aggregates and ids only, and what is expected of it.

    The frame is the rows of all queries. Each says in `district_id` whose records it stands for, so
    that a failure keeps back that district alone. They see the databases `warehouse` and `build`
    and, as `getvariable('watermark')`, the last sync the roster was built from: what is newer has
    not been judged. None selects a name, an e-mail address or any other value of a person.
    `database` is what the suite judges.
    """

    name: str
    description: str
    database: Database
    queries: tuple[str, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class CheckResult:
    """How a check came out: numbers of records and a few Clever IDs, never a value.

    `evaluated` and `unexpected` count records, `sample_ids` are at most five of the wrong ones
    (or of what holds them: the district, where a number of records is wrong). `districts` are those
    whose records are wrong; None if some belong to no district.
    """

    suite: str
    check: str
    severity: Severity
    passed: bool
    evaluated: int
    unexpected: int
    sample_ids: tuple[str, ...]
    districts: tuple[str, ...] | None = ()

    @property
    def blocks(self) -> bool:
        """Whether nothing may be published because of it."""
        return not self.passed and self.severity == "error"


def is_zero(name: str, column: str, severity: Severity = "error") -> Check:
    """A check that nothing is counted in `column`, whose ids stand in `<column>_ids`."""
    bounds = {"column": column, "min_value": 0, "max_value": 0}
    return Check(name, "ExpectColumnValuesToBeBetween", bounds, column, severity)


def is_one_of(name: str, column: str, *values: str) -> Check:
    """A check that `column` holds one of Rollbook's own words; NULL is none of them."""
    # GX leaves NULL out of a set's judgement, so the queries show it as an empty text.
    known = {"column": column, "value_set": list(values)}
    return Check(name, "ExpectColumnValuesToBeInSet", known)


def is_equal(name: str, column: str, other: str, counts: str) -> Check:
    """A check that two counts agree; a missing one agrees with nothing."""
    pair = {"column_A": column, "column_B": other, "ignore_row_if": "both_values_are_missing"}
    return Check(name, "ExpectColumnPairValuesToBeEqual", pair, counts)


def is_present(name: str, column: str) -> Check:
    """A check that `column` is not NULL."""
    return Check(name, "ExpectColumnValuesToNotBeNull", {"column": column})
