"""Judging a complete walk by its limits, before anything of it is loaded.

What a walk found lies in files, and what was there before in the log. A district of which more is
gone or changed than its limits allow is held: nothing of it is taken over, and what would have
happened is kept. The next sync is judged afresh, against the last state that was taken over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from heapq import nsmallest
from typing import Any

from dlt_sources.clever.changelog import newest_rows, raw_table, visible_syncs
from dlt_sources.clever.limits import Hit, Turnover
from dlt_sources.clever.ownership import owner_of
from dlt_sources.clever.rejected import read_rejected
from dlt_sources.clever.results import DistrictWalk, Verdict, Walked
from dlt_sources.clever.walk_queries import (
    IS_OVER,
    courses_over,
    day_of,
    field_of,
    held,
    list_of,
    school_of,
    students_of,
)
from dlt_sources.clever.why_held import why_held

_SAMPLE, _REASONS = 5, 3
#: The records in a file of changes, which stand in a CTE where the log is asked about them.
_FOUND = "select id from found"
#: The types whose records name one school they belong to.
_OF_A_SCHOOL = ("sections", "students", "teachers")


def judged(client: Any, walked: Walked, line: DistrictWalk) -> DistrictWalk:
    """The same outcome with its verdicts; held if one of them forbids to take the district over."""
    if line.status != "complete" or not (line.rows or line.rejected):
        return line
    verdicts = tuple(_District(client, walked, line).verdicts())
    if holding := [verdict for verdict in verdicts if verdict.holds]:
        stays = line.without_changes("held", why_held(client, line.district_id, holding))
        return replace(stays, verdicts=verdicts)
    return replace(line, verdicts=verdicts)


@dataclass(frozen=True)
class _District:
    """One district's walk beside its log, in the destination that `client` has open."""

    client: Any
    walked: Walked
    line: DistrictWalk

    def verdicts(self) -> Iterator[Verdict]:
        """A verdict for each object type of which any came, changed, went or was rejected."""
        for name, turnover in self._turnovers().items():
            if turnover.created or turnover.updated or turnover.removed or turnover.rejected:
                yield self._verdict(name, turnover)

    def _turnovers(self) -> Mapping[str, Turnover]:
        """Users are judged by role, and as a list only if some could not be read."""
        found = {
            name: turnover
            for item in self.line.objects
            for name, turnover in item.turnover.items()
            if name != "users" or turnover.rejected
        }
        if self._files("sections"):
            found["enrollments"] = self._enrollments()
        return found

    def _verdict(self, name: str, turnover: Turnover) -> Verdict:
        limit = self.walked.limits.of(self.line.district_id, name)
        hits = limit.hits_of(name, turnover) or self._hits_of_a_school(name)
        if not hits:
            return Verdict(name, turnover)
        told = " and ".join(self._told(name, turnover, hit) for hit in hits)
        owners = self._owners(name, turnover)
        applied_as = None if owners else self._applied_as(name, turnover, hits)
        return Verdict(name, turnover, told, applied_as, self._sample(name, hits[0]), owners)

    def _owners(self, name: str, turnover: Turnover) -> tuple[str, ...]:
        """The districts whose records are shown here, if these alone pass the rejected limit."""
        if not turnover.rejected:
            return ()
        owned = [
            (owner, count)
            for reason, count in self._reasons(name).items()
            if (owner := owner_of(reason))
        ]
        foreign = replace(turnover, rejected=sum(count for _, count in owned))
        limit = self.walked.limits.of(self.line.district_id, name)
        if all(hit.part != "rejected" for hit in limit.hits(foreign)):
            return ()
        return tuple(sorted(owner for owner, _ in owned))

    def _reasons(self, name: str) -> Mapping[str, int]:
        return next(item.rejected for item in self.line.objects if item.name == name)

    def _told(self, name: str, turnover: Turnover, hit: Hit) -> str:
        if hit.part != "rejected":
            return hit.text
        often = sorted(self._reasons(name).items(), key=lambda item: (-item[1], item[0]))[:_REASONS]
        return (
            f"{turnover.rejected:,} of {turnover.shown:,} shown were rejected, {hit.text}: "
            + ", ".join(f"{reason} ({count:,})" for reason, count in often)
        )

    def _applied_as(self, name: str, turnover: Turnover, hits: Iterable[Hit]) -> str | None:
        """Why what passes a limit is taken over; None if it is not."""
        if all(hit.part != "rejected" for hit in hits) and self._rolls_over(name, turnover):
            return "rollover"
        return "approved" if self.walked.approved_by else None

    def _rolls_over(self, name: str, turnover: Turnover) -> bool:
        """Whether this is a rollover window, and nothing goes that such a window may not let go."""
        district_id, ends = self.line.district_id, self._terms.values()
        if not self.walked.rollover.allows(district_id, name, self._day, ends):
            return False
        if name == "enrollments":
            turnover = replace(turnover, created=self._entered())
        limit = self.walked.limits.of(district_id, name)
        return limit.lets_roll_over(name, turnover, self._ended(name)) and not (
            self._hits_of_a_school(name, in_window=True)
        )

    @property
    def _day(self) -> date:
        """The day of the sync where the district is."""
        return self.walked.zones.day_of(self.walked.observed_at, self.line.district_id)

    @cached_property
    def _terms(self) -> Mapping[str, date]:
        """The last day of every term the district ever had, as the log last said, if it did."""
        rows = self._rows(
            "select id, json_extract_string(arg_max(payload, sync_id), '$.end_date') "
            f"from {raw_table(self.client, 'terms')} where district_id = %s "
            f"and payload is not null and {visible_syncs(self.client)} group by id",
            self.line.district_id,
            self.line.district_id,
        )
        return {term: end for term, text in rows if (end := day_of(text))}

    @cached_property
    def _over(self) -> str:
        """The terms whose last day has passed, as a JSON list: a parameter of `IS_OVER`."""
        return json.dumps([term for term, end in self._terms.items() if end < self._day])

    def _ended(self, name: str) -> int:
        """How many of the records that are gone (enrollments: that ended) had come to their end."""
        if name == "enrollments":
            members, select = self._listings(), "select coalesce(sum(before - stayed), 0)"
            [(ended,)] = self._of_list(name, select, members, f"where {IS_OVER}", self._over)
            return int(ended)
        rest = f"where had and not has and {IS_OVER}"
        parameters: tuple[str, ...] = (self._over,)
        if name == "courses":
            district_id = self.line.district_id
            rest = f"where had and not has and id in ({courses_over(self.client)})"
            parameters = (district_id, district_id, self._over)
        [(ended,)] = self._of_list(name, "select count(*)", self._members(name), rest, *parameters)
        return int(ended)

    def _enrollments(self) -> Turnover:
        """How many students sections listed before, and how many entered and left them."""
        [(began, ended)] = self._of_list(
            "enrollments",
            "select coalesce(sum(after - stayed), 0), coalesce(sum(before - stayed), 0)",
            self._listings(),
        )
        return Turnover(self._listed_before(), int(began), 0, int(ended))

    def _entered(self) -> int:
        """How many of the enrollments that came can be in force: of students who are there now.

        Names of nobody (IDs in another form or in other letters) replace nobody.
        """
        users = self._files("users")
        found = "read_parquet(%s)" if users else "(select '' as id, '' as change, '' as roles)"
        [(count,)] = self._rows(
            f"""
            with entered as (select unnest(entered) as id from ({self._listings()}) as listings)
            select count(*) from entered
            left join (
                select id, coalesce({held("found", "students")}, false) as there
                from {found} as found
            ) as now using (id)
            left join (
                select id, {held("known", "students")} as there
                from ({newest_rows(self.client, "users")}) as known
            ) as before using (id)
            where coalesce(now.there, before.there)
            """,
            self._files("sections"),
            *self._newest,
            *([users] if users else []),
            *self._newest,
        )
        return int(count)

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
                f"select coalesce(sum(len({students_of('known.payload')})), 0) "
                f"from ({newest_rows(self.client, 'sections')}) as known",
                *self._newest,
            )
        return int(rows[0][0])

    def _sample(self, name: str, hit: Hit) -> tuple[str, ...]:
        """A few of the records that are gone, changed or rejected, whichever passes a limit.

        Of enrollments a few of the sections that were left.
        """
        if hit.part == "rejected":
            return self._sample_of_rejected(name)
        if name == "enrollments":
            members, condition = self._listings(), "before > stayed"
        else:
            members = self._members(name)
            condition = "had and has" if hit.part == "updated" else "had and not has"
        rows = self._of_list(
            name, "select id", members, f"where {condition} order by id limit {_SAMPLE}"
        )
        return tuple(str(row[0]) for row in rows)

    def _sample_of_rejected(self, name: str) -> tuple[str, ...]:
        folder = self.walked.start.district_folder(self.line.district_id)
        ids = (id_ for object_, id_, _ in read_rejected(folder) if object_ == name and id_)
        return tuple(nsmallest(_SAMPLE, ids))

    def _hits_of_a_school(self, name: str, in_window: bool = False) -> list[Hit]:
        """What of the limit for schools the first one passes that does."""
        limit = self.walked.limits.of_schools(self.line.district_id)
        if limit is None or name not in _OF_A_SCHOOL or not self._files(list_of(name)):
            return []
        few = max(1, limit.at_least or 0)
        for school, created, updated, removed, ended in self._of_schools(name):
            if max(removed, updated) < few:
                continue
            turnover = Turnover(self._present_in(name, school), created, updated, removed)
            if in_window and limit.lets_roll_over(name, turnover, ended):
                continue
            if hits := limit.hits(turnover):
                return [Hit(hit.part, f"school {school}: {hit.text}") for hit in hits[:1]]
        return []

    def _of_schools(self, name: str) -> list[tuple[Any, ...]]:
        """How many of a type came, changed and went in each school, and had come to their end."""
        return self._of_list(
            name,
            "select school, count(case when has and not had then 1 end), "
            "count(case when had and has then 1 end), count(case when had and not has then 1 end), "
            "count(case when had and not has and over then 1 end)",
            f"select *, {IS_OVER} as over from ({self._members(name)}) as members",
            "where school is not null group by school order by school",
            before=(self._over,),
        )

    def _present_in(self, name: str, school: str) -> int:
        """How many records of a type a school had."""
        [(present,)] = self._rows(
            f"select count(*) from ({newest_rows(self.client, list_of(name))}) as known "
            f"where {held('known', name)} and {school_of('known', name)} = %s",
            *self._newest,
            school,
        )
        return int(present)

    def _members(self, name: str) -> str:
        """The query for the changed records of a type: `id`, `school`, was there, is there.

        `term` is the term that a section named, or the term itself.
        """
        known = "known.id" if name == "terms" else field_of("known.payload", "term_id")
        return f"""
            with found as (select * from read_parquet(%s))
            select
                found.id,
                coalesce({school_of("known", name)}, {school_of("found", name)}) as school,
                {known} as term,
                coalesce({held("known", name)}, false) as had,
                {held("found", name)} as has
            from found
            left join ({newest_rows(self.client, list_of(name), _FOUND)}) as known using (id)
        """

    def _listings(self) -> str:
        """The query for the changed sections: how many students were listed, are, and stayed.

        `entered` are the IDs of those that were not.
        """
        before, after = students_of("known.payload"), students_of("found.payload")
        return f"""
            with found as (select * from read_parquet(%s))
            select id, term, len(before) as before, len(after) as after,
                len(list_intersect(before, after)) as stayed,
                list_filter(after, lambda one: not list_contains(before, one)) as entered
            from (
                select found.id, {field_of("known.payload", "term_id")} as term,
                    {before} as before, {after} as after
                from found
                left join ({newest_rows(self.client, "sections", _FOUND)}) as known using (id)
            ) as lists
        """

    def _of_list(
        self,
        name: str,
        select: str,
        members: str,
        rest: str = "",
        *parameters: str,
        before: Sequence[str] = (),
    ) -> list[tuple[Any, ...]]:
        """The rows of a query over what `_members` or `_listings` finds of a type.

        `parameters` are those of `rest`, `before` those that come before the ones of `members`.
        """
        query = f"{select} from ({members}) as members {rest}"
        return self._rows(query, *before, self._files(list_of(name)), *self._newest, *parameters)

    @property
    def _newest(self) -> tuple[str, ...]:
        """The parameters of `newest_rows`."""
        return (self.line.district_id,) * 3

    def _files(self, name: str) -> list[str]:
        """The files with the changes of one of Clever's lists."""
        return [str(file) for item in self.line.objects if item.name == name for file in item.files]

    def _rows(self, query: str, *parameters: str | list[str]) -> list[tuple[Any, ...]]:
        return list(self.client.execute_sql(query, *parameters) or ())
