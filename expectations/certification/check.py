"""What a check is: a question in SQL over a published roster, about one record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dlt_sources.certification.catalogue import Fact

#: The day of a moment; to be formatted with a column of times.
DAY = "(select day from days where date = cast({} as date))"


@dataclass(frozen=True)
class Check:
    """A question about a fact's record, answered by one text or by a list of them.

    `then` asks the file as it was published on the day and not the last one; a `whole` one asks
    about all days up to the last, unless the fact names a day.
    """

    says: str
    query: Callable[[Fact], str]
    is_list: bool = False
    then: bool = False
    whole: bool = False


def as_of(history: str) -> str:
    """The rows of a history that were in force at `t`."""
    return (
        f"(from roster.{history} where valid_from <= getvariable('t') "
        "and (valid_to is null or getvariable('t') < valid_to))"
    )
