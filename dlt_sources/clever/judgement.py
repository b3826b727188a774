"""Judging a complete walk by its limits, before anything of it is loaded.

What a walk found lies in files, and what was there before in the log. A district of which more is
gone or changed than its limits allow is held: nothing of it is taken over, and what would have
happened is kept. The next sync is judged afresh, against the last state that was taken over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from dlt_sources.clever.changelog import newest_rows, raw_table, visible_syncs
from dlt_sources.clever.limits import Limit, Turnover
from dlt_sources.clever.objects import CLEVER_OBJECTS
from dlt_sources.clever.results import DistrictWalk, Verdict, Walked

_SAMPLE = 5
_ROLES = {role.plural: role.singular for kind in CLEVER_OBJECTS for role in kind.roles}
#: The types whose records name one school they belong to.
_OF_A_SCHOOL = ("sections", "students", "teachers")


def judged(client: Any, walked: Walked, line: DistrictWalk) -> DistrictWalk:
    """The same outcome with its verdicts; held if one of them forbids to take the district over."""
    if line.status != "complete" or not line.rows:
        return line
    verdicts = tuple(_District(client, walked, line).verdicts())
    if holding := [verdict for verdict in verdicts if verdict.holds]:
        held = line.without_changes("held", _why_held(line.district_id, holding))
        return replace(held, verdicts=verdicts)
    return replace(line, verdicts=verdicts)


def _why_held(district_id: str, holding: Iterable[Verdict]) -> str:
    reasons = "; ".join(_reason(verdict) for verdict in holding)
    return (
        f"Held, nothing was changed: {reasons}. If Clever corrects it, the next sync goes on by "
        "itself; if it is right, run `rollbook sync --approve-removals "
        f"--district {district_id}`."
    )


def _reason(verdict: Verdict) -> str:
    turnover = verdict.turnover
    return (
        f"of {turnover.present:,} {verdict.object} {turnover.removed:,} would be removed and "
        f"{turnover.updated:,} updated ({verdict.limit_hit})"
    )


@dataclass(frozen=True)
class _District:
    """One district's walk beside its log, in the destination that `client` has open."""

    client: Any
    walked: Walked
    line: DistrictWalk

    def verdicts(self) -> Iterator[Verdict]:
        """A verdict for each object type of which anything came, changed or went."""
        for name, turnover in self._turnovers().items():
            if turnover.created or turnover.updated or turnover.removed:
                yield self._verdict(name, turnover)

    def _turnovers(self) -> Mapping[str, Turnover]:
        found = {
            name: turnover for item in self.line.objects for name, turnover in item.turnover.items()
        }
        if self._file("sections"):
            found["enrollments"] = self._enrollments()
        return found

    def _verdict(self, name: str, turnover: Turnover) -> Verdict:
        limits, district_id = self.walked.limits, self.line.district_id
        hit = limits.of(district_id, name).hit_by(turnover)
        of_schools = limits.of_schools(district_id)
        if hit is None and of_schools and name in _OF_A_SCHOOL:
            hit = self._hit_by_a_school(name, of_schools)
        if hit is None:
            return Verdict(name, turnover)
        return Verdict(name, turnover, hit, self._applied_as(name), self._sample(name, hit))

    def _applied_as(self, name: str) -> str | None:
        """Why what passes a limit is taken over; None if it is not."""
        day = self.walked.observed_at.date()
        if self.walked.rollover.allows(self.line.district_id, name, day, self._term_ends()):
            return "rollover"
        return "approved" if self.walked.approved_by else None

    def _term_ends(self) -> list[date]:
        """The last days of all terms the district ever had, as far as they say."""
        rows = self._rows(
            f"select distinct json_extract_string(payload, '$.end_date')[:10] "
            f"from {raw_table(self.client, 'terms')} "
            f"where district_id = %s and payload is not null and {visible_syncs(self.client)}",
            self.line.district_id,
            self.line.district_id,
        )
        return [end for (text,) in rows if (end := _date(text))]

    def _enrollments(self) -> Turnover:
        """How many students sections listed before, and how many entered and left them."""
        [(began, ended)] = self._of_list(
            "sections",
            "select coalesce(sum(after - stayed), 0), coalesce(sum(before - stayed), 0)",
            self._listings(),
        )
        return Turnover(self._listed_before(), int(began), 0, int(ended))

    def _listed_before(self) -> int:
        """The students that sections listed, counted on from the last sync that changed any.

        Where no sync has noted it (the log is of an older version) all sections are counted, once.
        """
        rows = self._rows(
            f"select present + created - removed from {raw_table(self.client, 'turnover')} "
            f"where object = 'enrollments' and district_id = %s and {visible_syncs(self.client)} "
            "order by sync_id desc limit 1",
            self.line.district_id,
            self.line.district_id,
        )
        if not rows:
            rows = self._rows(
                f"select coalesce(sum(len({_students('known.payload')})), 0) "
                f"from ({newest_rows(self.client, 'sections')}) as known",
                *self._newest,
            )
        return int(rows[0][0])

    def _sample(self, name: str, hit: str) -> tuple[str, ...]:
        """A few of the records that are gone, or changed if it is that which passes a limit.

        Of enrollments a few of the sections that were left.
        """
        if name == "enrollments":
            members, condition = self._listings(), "before > stayed"
        else:
            members = self._members(name)
            condition = "had and not has" if hit.endswith("removed") else "had and has"
        rows = self._of_list(
            _list_of(name), "select id", members, f"where {condition} order by id limit {_SAMPLE}"
        )
        return tuple(str(row[0]) for row in rows)

    def _hit_by_a_school(self, name: str, limit: Limit) -> str | None:
        """The first school of which more is gone or changed than the limit for schools allows."""
        rows = self._of_list(
            _list_of(name),
            "select school, count(case when not has then 1 end), count(case when has then 1 end)",
            self._members(name),
            "where had and school is not null group by school order by school",
        )
        few = max(1, limit.at_least or 0)
        for school, removed, updated in rows:
            if max(removed, updated) >= few:
                turnover = Turnover(self._present_in(name, school), 0, updated, removed)
                if hit := limit.hit_by(turnover):
                    return f"school {school}: {hit}"
        return None

    def _present_in(self, name: str, school: str) -> int:
        """How many records of a type a school had."""
        [(present,)] = self._rows(
            f"select count(*) from ({newest_rows(self.client, _list_of(name))}) as known "
            f"where {_held('known', name)} and {_school('known', name)} = %s",
            *self._newest,
            school,
        )
        return int(present)

    def _members(self, name: str) -> str:
        """The query for the changed records of a type: `id`, `school`, was there, is there."""
        return f"""
            select
                found.id,
                {_school("known", name)} as school,
                coalesce({_held("known", name)}, false) as had,
                {_held("found", name)} as has
            from read_parquet(%s) as found
            left join ({newest_rows(self.client, _list_of(name))}) as known using (id)
        """

    def _listings(self) -> str:
        """The query for the changed sections: how many students are listed, were, and stayed."""
        before, after = _students("known.payload"), _students("found.payload")
        return f"""
            select id, len(before) as before, len(after) as after,
                len(list_intersect(before, after)) as stayed
            from (
                select found.id, {before} as before, {after} as after
                from read_parquet(%s) as found
                left join ({newest_rows(self.client, "sections")}) as known using (id)
            ) as lists
        """

    def _of_list(
        self, name: str, select: str, members: str, rest: str = ""
    ) -> list[tuple[Any, ...]]:
        """The rows of a query over what `_members` or `_listings` finds in a list of Clever's."""
        query = f"{select} from ({members}) as members {rest}"
        return self._rows(query, str(self._file(name)), *self._newest)

    @property
    def _newest(self) -> tuple[str, ...]:
        """The parameters of `newest_rows`."""
        return (self.line.district_id,) * 3

    def _file(self, name: str) -> Path | None:
        """The changes of one of Clever's lists; None without any."""
        return next((item.file for item in self.line.objects if item.name == name), None)

    def _rows(self, query: str, *parameters: str) -> list[tuple[Any, ...]]:
        return list(self.client.execute_sql(query, *parameters) or ())


def _list_of(name: str) -> str:
    """The list of Clever's in which the records of a type stand."""
    return "users" if name in _ROLES else "sections" if name == "enrollments" else name


def _held(row: str, name: str) -> str:
    """The condition that a row of a log shows a record of a type, by the row's alias."""
    present = f"{row}.change <> 'removed'"
    if name not in _ROLES:
        return present
    return f"{present} and list_contains(string_split({row}.roles, ','), '{_ROLES[name]}')"


def _school(row: str, name: str) -> str:
    role = f"roles.{_ROLES[name]}." if name in _ROLES else ""
    return f"json_extract_string({row}.payload, '$.{role}school')"


def _students(payload: str) -> str:
    return f'coalesce(from_json({payload}, \'{{"students": ["VARCHAR"]}}\').students, [])'


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
