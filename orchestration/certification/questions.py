"""The requirements and questions of the certification, and the application's own answers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from dlt_sources.certification.catalogue import FOLDER
from dlt_sources.errors import ConfigurationError
from expectations.certification.without import Lack

Choice = str | list[str]


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What answers something: figures of the run, cases, the application's choices.

    `without` names the lacks without which at least one of the cases must fail.
    """

    figures: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


class Requirement(Asked, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A requirement and its evidence."""

    title: str


class Question(Asked, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A question and what answers it."""

    ask: str


class Story(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A student whose days are drawn, by short name, and what they show."""

    student: str
    shows: str


class Questionnaire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that the report has to answer; `lacks` by name, as in `certification.without`."""

    lacks: Mapping[str, Lack]
    requirements: tuple[Requirement, ...]
    questions: tuple[Question, ...]
    stories: tuple[Story, ...]

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every requirement and question."""
        return (*self.requirements, *self.questions)


_Kind = TypeVar("_Kind")


def questionnaire() -> Questionnaire:
    """What `data/certification/questions.yml` says; raises ConfigurationError if it cannot."""
    return _read(FOLDER / "questions.yml", Questionnaire)


def choices() -> dict[str, Choice]:
    """The application's own answers, from `answers.toml`; raises ConfigurationError."""
    return _read(FOLDER / "answers.toml", dict[str, Choice])


def _read(file: Path, kind: type[_Kind]) -> _Kind:
    decode = msgspec.toml.decode if file.suffix == ".toml" else msgspec.yaml.decode
    try:
        return decode(file.read_bytes(), type=kind)
    except (msgspec.DecodeError, OSError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}") from None
