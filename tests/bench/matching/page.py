"""The measurements as a page of Markdown: aims, each rule, each threshold, each trap."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version

from tests.bench.commands import Measured
from tests.bench.matching.judge import (
    STATED,
    THRESHOLDS,
    Score,
    by_rule,
    judge,
    missed_by_trap,
    with_first_suggestion,
)
from tests.bench.matching.playing import Played
from tests.bench.matching.scale import FIRST, NEW_ACCOUNTS, NOTHING, OTHER, beyond

_NOT_SHOWN = """
- **Your data.** All three sets are invented. Ours is made by the code that made the parameters,
  with other seeds, other names and other noise: families, numbers and what an application asks for
  are as we imagine them. Nobody publishes accounts of real children with the answer beside them.
- **What Clever has of FEBRL's people.** They are Australian adults. The number of social security
  stands as the student number, the postcode as the school, number and street as the e-mail
  address; suburb and state are not used. Its errors are cruder than those of an application.
- **The sample census** has a name, an initial and a birthday. Ten years lie between the two sides:
  who took another name is missed or in doubt.
- **That a person decides rightly.** Suggestions are counted as if the first one from the threshold
  on were taken. None is, by itself.
- **Names in other scripts**, or written in two: there are hardly any in the sets. They are compared
  letter by letter.
- **The order of days.** Every set is met at once. What is matched stays so, whatever comes later.
"""


def page(
    played: Sequence[Played], picture: str, people: int, scale: Mapping[str, Measured]
) -> Iterator[str]:
    """The lines of the page."""
    yield "# How right accounts are matched"
    yield ""
    yield (
        f"Written by `make bench-matching` on {platform.machine()} with {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, splink {version('splink')}, duckdb "
        f"{version('duckdb')}. Three sets of accounts whose users are known go through the "
        "pipeline: districts are synced from the sandbox, the application's database is read, and "
        "`matching.account_matches` and `matching.match_review` are compared with the truth. The "
        f"stated threshold is {STATED:g}: from there on a first suggestion is right often enough "
        "to be looked at first. Suggestions never decide."
    )
    yield ""
    yield "## What was aimed at"
    yield ""
    yield "| | measured | aim | |"
    yield "|---|---|---|---|"
    yield from _aims(played, scale)
    yield ""
    yield f"![Precision and recall over the threshold]({picture})"
    for each in played:
        yield from _set(each)
    yield ""
    yield f"## {people:,} accounts against {people:,} users"
    yield ""
    yield (
        "Of five districts, by `rollbook sync`; seconds, of the whole command and of its phases, "
        "and megabytes at most. All accounts are read each time, as the table has no cursor. What "
        "matching takes is in `dbt` (links, rules, histories), in `checks` and in `suggestions`; "
        "the aims are about these three."
    )
    yield ""
    yield "| | whole | application | dbt | checks | suggestions | publish | peak MB |"
    yield "|---|---|---|---|---|---|---|---|"
    for what, sync in scale.items():
        phases = ("application", "dbt", "checks", "matching", "publish")
        told = " | ".join(f"{sync.phases.get(phase, 0.0):.1f}" for phase in phases)
        yield f"| {what} | {sync.run.seconds:.1f} | {told} | {sync.run.peak_mb:,.0f} |"
    yield ""
    yield "## What this page does not show"
    yield _NOT_SHOWN.rstrip()


def _aims(played: Sequence[Played], scale: Mapping[str, Measured]) -> Iterator[str]:
    by_name = {each.name: each for each in played}
    ours, febrl = by_name["ours"], by_name["FEBRL 4"]
    rules = judge(ours.rules, ours.people.truth)
    together = _together(ours, STATED)
    yield _aim("ours, rules alone: wrong matches", f"{rules.wrong}", "0", rules.wrong == 0)
    yield _share("ours, rules alone: precision", rules.precision or 0, 0.9998)
    yield _share("ours, with first suggestions: precision", together.precision or 0, 0.998)
    yield _share("ours, with first suggestions: recall", together.recall, 0.995)
    f1 = _together(febrl, STATED).f1
    yield _aim("FEBRL 4, with first suggestions: F1", f"{f1:.4f}", "0.995", f1 >= 0.995)
    for what, base, aim in ((FIRST, None, 180.0), (NOTHING, None, 0.3), (NEW_ACCOUNTS, OTHER, 5.0)):
        seconds = beyond(scale, what, base)
        than = f", beyond {base}" if base else ""
        yield _aim(f"{what}: seconds{than}", f"{seconds:.1f}", f"{aim:g}", seconds <= aim)
    peak = scale[FIRST].run.peak_mb
    yield _aim(f"{FIRST}: memory, MB", f"{peak:,.0f}", "2,048", peak <= 2048)


def _share(what: str, measured: float, aim: float) -> str:
    return _aim(what, f"{measured:.3%}", f"{aim:.2%}", measured >= aim)


def _aim(what: str, measured: str, aim: str, met: bool) -> str:
    return f"| {what} | {measured} | {aim} | {'met' if met else '**missed**'} |"


def _together(played: Played, threshold: float) -> Score:
    matches = with_first_suggestion(played.rules, played.firsts, threshold)
    return judge(matches, played.people.truth)


def _set(played: Played) -> Iterator[str]:
    truth = played.people.truth
    nobody = sum(user is None for user in truth.values())
    yield ""
    yield f"## {played.name[0].upper()}{played.name[1:]}"
    yield ""
    yield (
        f"{len(truth):,} accounts, {nobody:,} of them nobody's, against "
        f"{len(played.people.users):,} users. The first sync took {played.sync.run.seconds:.0f} s, "
        f"{played.sync.phases.get('matching', 0):.1f} s of it for suggestions."
    )
    yield ""
    yield "| | matches | wrong | precision | recall | F1 |"
    yield "|---|---|---|---|---|---|"
    for rule, score in by_rule(played.rules, truth).items():
        yield _scored(f"`{rule}`", score)
    yield _scored("**all rules**", judge(played.rules, truth))
    for threshold in THRESHOLDS:
        yield _scored(f"and first suggestions from {threshold:g}", _together(played, threshold))
    for threshold in (STATED, 0.5, 0.99):
        alone = with_first_suggestion([], played.alone, threshold)
        yield _scored(f"suggestions alone, from {threshold:g}", judge(alone, truth))
    yield from _traps(played)


def _traps(played: Played) -> Iterator[str]:
    matches = with_first_suggestion(played.rules, played.firsts, STATED)
    told = missed_by_trap(matches, played.people.truth, played.people.traps)
    if len(told) < 2:
        return
    yield ""
    yield "What is hard about an account, and what came of it with first suggestions:"
    yield ""
    yield "| | accounts | wrong | missed |"
    yield "|---|---|---|---|"
    for trap, (accounts, wrong, missed) in told.items():
        yield f"| {trap} | {accounts:,} | {wrong} | {missed} |"


def _scored(what: str, score: Score) -> str:
    precision = "" if score.precision is None else f"{score.precision:.3%}"
    return (
        f"| {what} | {score.matches:,} | {score.wrong} | {precision} | {score.recall:.2%} "
        f"| {score.f1:.4f} |"
    )
