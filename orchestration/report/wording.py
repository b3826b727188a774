"""How a district stands, in the words of the pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestration.lib.standing import DistrictStatus, HeldChange
from orchestration.lib.terminal import counted, moment, plain
from orchestration.lib.warned import Warned
from orchestration.report.discretion import Discretion

#: The record types of held changes that are no people; of users each role is one.
_THINGS = ("districts", "schools", "terms", "courses", "sections")
#: Warnings whose line counts people or what they did: said here with discretion.
_COUNTED = {
    "students_without_sections": "{} active students are in no section",
    "progress_without_roster": (
        "{} records of progress happened while Clever did not show the student"
    ),
    "progress_unmatched": "{} records of progress belong to no known student",
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A district as a page shows it; `state` (good, wait, bad) is a class of the style."""

    id: str
    name: str
    status: str
    state: str
    age: str
    last: str
    counts: Mapping[str, str]
    told: Sequence[str]
    held: Sequence[str]
    link: str | None = None

    @property
    def notable(self) -> bool:
        """Whether there is something to know before its numbers are trusted."""
        return self.state != "good"


def told(
    district: DistrictStatus, name: str, discretion: Discretion, link: str | None = None
) -> Told:
    """How a district stands; `link` is its page's file."""
    state = "bad" if district.needs_attention else "wait" if district.warnings else "good"
    counts = {
        "Students": discretion.words(district.counts["students"]),
        "Teachers": discretion.words(district.counts["teachers"]),
        "Sections": f"{district.counts['sections']:,}",
    }
    return Told(
        id=plain(district.district_id),
        name=name,
        status="stale" if _only_old(district) else plain(district.shown_status),
        state=state,
        age=_age(district.hours_since_complete),
        last=moment(district.last_complete_at),
        counts=counts,
        told=[line_of(each, discretion) for each in district.warnings],
        held=[_held(each, discretion) for each in district.held if each.limit_hit],
        link=link,
    )


def verdict(district: Told) -> str:
    """The answer to the first question about one district: can one trust it today."""
    if district.status == "retired":
        return "The district is retired: its roster stands as it was, and is not renewed."
    if district.state == "bad" and district.last == "never":
        return "No: the district was never completely synced."
    if district.state == "bad":
        of = f"its roster is of {district.last} UTC"
        return f"Not today's: the district is {district.status}, and {of}."
    if district.state == "wait":
        return "Yes, with care: it is complete and fresh, and there are warnings to read first."
    return "Yes: complete and fresh, nothing to warn of."


def verdict_of_all(districts: Sequence[DistrictStatus], more_to_know: bool) -> tuple[str, str]:
    """The same of all districts together: a state, and the answer."""
    living = [each for each in districts if not each.retired_at]
    behind = [each for each in living if each.needs_attention]
    warned = [each for each in living if each.warnings and not each.needs_attention]
    total = counted(len(living), "district")
    if not living:
        return "bad", "There is no roster: no district was ever synced."
    if behind:
        verb = "is" if len(behind) == 1 else "are"
        line = f"Not all of it: {len(behind):,} of {total} {verb} not completely synced or too old."
        return "bad", line
    if warned or more_to_know:
        careful = f" {len(warned):,} of {total} have" if warned else " There are"
        return (
            "wait",
            f"Yes, with care: all is complete and fresh.{careful} warnings to read first.",
        )
    return "good", f"Yes: {total}, complete and fresh, nothing to warn of."


def line_of(warned: Warned, discretion: Discretion) -> str:
    """A warning in words."""
    words = _COUNTED.get(warned.warning)
    if words is None or warned.records is None:
        return plain(warned.line)
    return words.format(discretion.words(warned.records))


def kinds_of(warnings: Sequence[Warned], means: Mapping[str, str]) -> list[dict[str, str]]:
    """The kinds of the warnings of one district, and what to do."""
    kinds = dict.fromkeys(each.warning for each in warnings)
    return [{"kind": kind, "districts": "", "means": means.get(kind, "")} for kind in kinds]


def kinds_of_all(
    districts: Sequence[DistrictStatus], unplaced: Sequence[Warned], means: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """The warnings that stand, how many districts have each, and what to do."""
    found = Counter(
        kind for each in districts for kind in {warned.warning for warned in each.warnings}
    )
    # They are of no one district.
    found.update({each.warning: 0 for each in unplaced})
    for kind, count in sorted(found.items(), key=lambda each: (-each[1], each[0])):
        districts_ = f"{count:,}" if count else "\N{EN DASH}"
        yield {"kind": kind, "districts": districts_, "means": means.get(kind, "")}


def _only_old(district: DistrictStatus) -> bool:
    return district.needs_attention and district.status == "complete"


def _age(hours: float | None) -> str:
    if hours is None:
        return "never"
    if hours < -0.1:
        return f"{-hours:,.1f} hours ahead of the clock"
    if abs(hours) < 48:
        return f"{abs(hours):,.1f} hours"
    return f"{hours / 24:,.0f} days"


def _held(change: HeldChange, discretion: Discretion) -> str:
    """Of what is held in words; the limit's own words may hold an ID."""
    words = (Discretion(1) if change.object in _THINGS else discretion).words
    would = (("go", change.removed), ("change", change.updated), ("come", change.created))
    parts = " and ".join(f"{words(count)} would {verb}" for verb, count in would if count)
    return f"{plain(change.object)}: of {words(change.present)}, {parts or 'none would change'}"
