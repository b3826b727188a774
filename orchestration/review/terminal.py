"""The open cases on a terminal, counts first, then case by case; and all as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from rich.text import Text

from orchestration.lib.terminal import plain
from orchestration.review.cases import Candidate, Case, Problem, Review
from orchestration.review.people import Values


def matching_line(counts: Mapping[str, Mapping[str, int]]) -> str | None:
    """How the accounts stand, on a line; None where the application has none."""
    statuses = counts["account_status"]
    if not any(statuses.values()):
        return None
    told = ", ".join(f"{number:,} {status}" for status, number in statuses.items() if number)
    contradicted = counts["match_review"]["matches contradicted"]
    problems = counts["match_decisions"]["with a problem"]
    if contradicted:
        told += f"; {_number(contradicted, 'match is', 'matches are')} contradicted"
    if problems:
        told += f"; {_number(problems, 'decision has', 'decisions have')} a problem"
    return f"Accounts: {told}."


def _number(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def review_report(review: Review, most: int) -> Iterator[Text]:
    """Counts, then `most` cases at most, then decisions that cannot be."""
    yield from map(Text, _counts(review.counts))
    if review.cases:
        yield Text()
    for case in review.cases[:most]:
        yield from _case(case)
    if len(review.cases) > most:
        left = len(review.cases) - most
        yield Text(f"and {left:,} more: --limit shows more of them, --json all", "dim")
    if review.problems:
        yield Text("\nDecisions that change nothing:")
        yield from map(_problem, review.problems)
    if review.cases:
        yield Text(
            "\nrollbook matches decide ACCOUNT CLEVER_ID --accept|--reject|--apart --reason TEXT",
            "dim",
        )


def _counts(counts: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    yield matching_line(counts) or "Accounts: the application has told none."
    if counts["account_matches"]:
        by_rule = sorted(counts["account_matches"].items(), key=lambda each: (-each[1], each[0]))
        yield "Matched " + ", ".join(f"{rule}: {number:,}" for rule, number in by_rule) + "."
    for place, name in (("district", "Districts"), ("school", "Schools")):
        matched = counts[f"{place}_matches"]["matched"]
        opened = counts[f"{place}_review"]["open"]
        if matched or opened:
            yield f"{name} of the customer list: {matched:,} matched, {opened:,} open."


def _case(case: Case) -> Iterator[Text]:
    status = case.status if case.reason in ("", case.status) else f"{case.status}: {case.reason}"
    of = ", ".join(filter(None, (case.role, case.district_id and f"district {case.district_id}")))
    line = Text(plain(f"{case.object} {case.id}: {status}{f' ({of})' if of else ''}"))
    line.stylize("bold", 0, len(plain(f"{case.object} {case.id}")))
    yield line
    if case.values:
        yield Text(f"    {_values(case.values)}")
    yield from (_candidate(each) for each in case.candidates)


def _candidate(each: Candidate) -> Text:
    told = [each.reason]
    if each.probability is not None:
        told.append(f"{each.probability:.1%}")
    told += [
        f"{what}: {', '.join(which)}"
        for what, which in (("agrees", each.agreed), ("contradicts", each.contradicted))
        if which
    ]
    text = Text("    ").append(plain(f"{each.clever_id or 'no ID'}: {'; '.join(told)}"))
    return text.append(f"\n        {_values(each.values)}") if each.values else text


def _values(values: Values) -> str:
    return plain("; ".join(f"{name} {value}" for name, value in values.items()))


def _problem(each: Problem) -> Text:
    about = f"{each.decision} {each.account_id} {each.clever_id}"
    words = f" ({each.author}: {each.words})" if each.author or each.words else ""
    return Text(plain(f"decision {each.decision_id}, {about}: {each.problem}{words}"))


def as_plain_values(review: Review, names: bool) -> dict[str, Any]:
    """All of it for programs; what is personal has a key only with `names`."""
    told = asdict(review)
    if not names:
        for each in told["problems"]:
            del each["author"], each["words"]
        for case in told["cases"]:
            for each in (case, *case["candidates"]):
                del each["values"]
    return told
