"""The certification report, as HTML and Markdown, for an engineer of the partner."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import jinja2
from markupsafe import Markup, escape

from dlt_sources.certification.catalogue import Case
from expectations.certification.asking import facts_of
from expectations.certification.evidence import Evidence
from expectations.certification.verdicts import Verdict
from orchestration.certification.charts import records_over_days, story
from orchestration.certification.figures import FIGURES
from orchestration.certification.pictures import day_counts, story_bars
from orchestration.certification.proofs import Proofs, Standing, is_proof, proofs, standing
from orchestration.certification.questions import (
    Asked,
    Choice,
    Question,
    Requirement,
    choices,
    questionnaire,
)
from orchestration.lib.colours import variables


@dataclass(frozen=True)
class Line:
    """One piece of an answer: where it is from (run, case or choice) and, of a case, its result.

    `proves` says of a case that it would fail if what is answered were not so.
    """

    source: str
    text: str
    outcome: str = ""
    proves: bool = True


@dataclass(frozen=True)
class Answers:
    """Everything that answers are made of."""

    evidence: Evidence
    roster: duckdb.DuckDBPyConnection
    verdicts: Mapping[str, Verdict]
    cases: Mapping[str, Case]
    choices: Mapping[str, Choice]
    proofs: Proofs

    def standing(self, asked: Asked) -> Standing:
        """How a requirement or question stands."""
        return standing(asked, self.verdicts, self.proofs)

    def lines(self, asked: Asked) -> list[Line]:
        """The evidence of a requirement or question, in the order run, choice, case."""
        return [*self._figures(asked), *self._choices(asked), *self._cases(asked)]

    def _figures(self, asked: Asked) -> Iterator[Line]:
        for name in asked.figures:
            yield Line("run", FIGURES[name](self.evidence, self.roster))

    def _choices(self, asked: Asked) -> Iterator[Line]:
        for name in asked.choices:
            own = self.choices[name]
            yield from (Line("choice", text) for text in ([own] if isinstance(own, str) else own))

    def _cases(self, asked: Asked) -> Iterator[Line]:
        for name in asked.cases:
            case, outcome = self.cases[name], self.verdicts[name].outcome
            proves = outcome == "waits" or is_proof(name, asked, self.proofs)
            yield Line("case", f"{name}, {case.title}: {case.must}.", outcome, proves)


def write_report(
    folder: Path, evidence: Evidence, cases: Sequence[Case], verdicts: Sequence[Verdict]
) -> tuple[Path, Path]:
    """Write `report.html` and `report.md` into the folder; their paths."""
    with evidence.rosters() as roster:
        told = _told(evidence, roster, cases, verdicts)
    written = []
    for name in ("report.html", "report.md"):
        file = folder / name
        file.write_text(_template(f"{name}.j2").render(told), encoding="utf-8")
        written.append(file)
    return written[0], written[1]


def _told(
    evidence: Evidence,
    roster: duckdb.DuckDBPyConnection,
    cases: Sequence[Case],
    verdicts: Sequence[Verdict],
) -> dict[str, Any]:
    asked = questionnaire()
    by_case = {verdict.case: verdict for verdict in verdicts}
    answers = Answers(
        evidence,
        roster,
        by_case,
        {case.id: case for case in cases},
        choices(),
        proofs(asked, evidence, cases),
    )
    rows = [_row(case, by_case[case.id]) for case in cases]
    days = evidence.days()
    return {
        **summary(verdicts),
        "colours": variables(),
        "days": days,
        "seconds": evidence.seconds(),
        "requirements": [_requirement(answers, each) for each in asked.requirements],
        "questions": [_question(answers, each) for each in asked.questions],
        "cases": rows,
        "troubles": [row for row in rows if row["wrong"]],
        "not_played": [row for row in rows if row["outcome"] == "waits" and not row["wrong"]],
        "records_chart": records_over_days(day_counts(roster, days), days),
        "stories": [
            story(f"{each.student}: {each.shows}", story_bars(roster, each), days)
            for each in asked.stories
        ],
    }


def summary(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """How many cases were judged, hold, fail and wait, and how many facts were asked."""
    outcomes = [verdict.outcome for verdict in verdicts]
    return {
        "judged": len(outcomes),
        "holding": outcomes.count("holds"),
        "failing": outcomes.count("fails"),
        "waiting": outcomes.count("waits"),
        "facts": sum(verdict.asked for verdict in verdicts),
    }


def _requirement(answers: Answers, each: Requirement) -> dict[str, Any]:
    return {"title": each.title, **_answer(answers, each)}


def _question(answers: Answers, each: Question) -> dict[str, Any]:
    return {"title": each.ask, **_answer(answers, each)}


def _answer(answers: Answers, each: Asked) -> dict[str, Any]:
    return {"standing": answers.standing(each), "lines": answers.lines(each)}


def _row(case: Case, verdict: Verdict) -> dict[str, Any]:
    return {
        "case": case.id,
        "title": case.title,
        "must": case.must,
        "records": ", ".join(case.shown_by),
        "day": case.day,
        "checks": ", ".join(sorted({fact.expect for fact in facts_of(case)})),
        "outcome": verdict.outcome,
        "asked": verdict.asked,
        "needs": verdict.needs,
        "wrong": verdict.wrong,
    }


def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("orchestration.certification"),
        autoescape=jinja2.select_autoescape(["html.j2"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=name.endswith(".html.j2"),
    )
    environment.filters |= {"cell": _cell, "code": _code}
    return environment.get_template(name)


def _cell(text: str) -> str:
    """A text that a cell of a Markdown table can hold."""
    return text.replace("|", "\\|").replace("\n", " ")


def _code(text: str) -> Markup:
    """What stands between backticks, as code."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704
