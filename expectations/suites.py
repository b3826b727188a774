"""Every suite, in the order of judgement: first what was loaded, then what was built."""

from __future__ import annotations

from expectations.model import Suite
from expectations.people import PEOPLE
from expectations.raw import RAW_SUITES
from expectations.roster import ROSTER_SUITES

SUITES: tuple[Suite, ...] = (*RAW_SUITES, *ROSTER_SUITES, PEOPLE)
