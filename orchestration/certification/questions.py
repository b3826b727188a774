"""The requirements and questions of the certification, and the application's own answers."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from dlt_sources.certification.catalogue import FOLDER
from dlt_sources.errors import ConfigurationError

Choice = str | list[str]


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A requirement and its evidence: figures of the run, cases, the application's choices."""

    title: str
    figures: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question and what answers it, as a requirement's evidence."""

    ask: str
    figures: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


class Story(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A student whose days are drawn, by short name, and what they show."""

    student: str
    shows: str


class Questionnaire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that the report has to answer."""

    requirements: tuple[Requirement, ...]
    questions: tuple[Question, ...]
    stories: tuple[Story, ...]


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
