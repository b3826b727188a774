"""The rules of matching, their vetoes, and the traps, each as a small story."""

from __future__ import annotations

from tests.matching.decision_cases import DECISIONS
from tests.matching.life_cases import STATE, TRAPS
from tests.matching.rule_cases import RULES, VETOES

CASES = {
    **{f"rule: {name}": case for name, case in RULES.items()},
    **{f"veto: {name}": case for name, case in VETOES.items()},
    **{f"trap: {name}": case for name, case in TRAPS.items()},
    **{f"state: {name}": case for name, case in STATE.items()},
    **{f"decision: {name}": case for name, case in DECISIONS.items()},
}
