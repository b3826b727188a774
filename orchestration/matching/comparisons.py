"""What is compared of a pair, and how alike two values can be: Splink's levels, from best to worst.

Only training reads this: a run takes levels and weights together from the file of parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orchestration.matching.preparing import NUMBERS

Level = tuple[str, str]

_SWAPPED: Level = (
    "first_name_l = last_name_r and list_contains(first_forms_r, last_name_l)",
    "first and last name swapped",
)


def _near(column: str, similarity: float) -> Level:
    return (
        f"jaro_winkler_similarity({column}_l, {column}_r) >= {similarity}",
        f"alike by {similarity:.0%}",
    )


def _number(column: str) -> tuple[str, str, Sequence[Level]]:
    left, right = f"{column}_l", f"{column}_r"
    return (
        column,
        f"{left} is null or {right} is null",
        (
            (f"{left} = {right}", "equal"),
            (f"without_zeros({left}) = without_zeros({right})", "equal but for leading zeros"),
            # Twins are enrolled one after the other: numbers that differ at the end are siblings'.
            (
                f"length({left}) >= 6 and damerau_levenshtein({left}, {right}) = 1 "
                f"and right({left}, 1) = right({right}, 1)",
                "one character differs, not the last",
            ),
        ),
    )


#: Column, when it is not known on a side, levels from the best one on; otherwise it differs.
COMPARISONS: Sequence[tuple[str, str, Sequence[Level]]] = (
    (
        "first_name",
        "first_name_l is null or first_name_r is null",
        (
            ("first_name_l = first_name_r", "equal"),
            _SWAPPED,
            ("list_has_any(first_forms_l, first_forms_r)", "a preferred or short form"),
            _near("first_name", 0.92),
            (
                "starts_with(first_name_l, left(first_name_r, 3)) "
                "and (starts_with(first_name_l, first_name_r) "
                "or starts_with(first_name_r, first_name_l))",
                "one begins with the other",
            ),
            _near("first_name", 0.8),
            _near("first_name", 0.65),
        ),
    ),
    (
        "last_name",
        "last_name_l is null or last_name_r is null",
        (
            ("last_name_l = last_name_r", "equal"),
            _SWAPPED,
            ("list_has_any(last_parts_l, last_parts_r)", "a part of it is equal"),
            _near("last_name", 0.92),
            _near("last_name", 0.8),
        ),
    ),
    (
        "middle_name",
        "middle_name_l is null or middle_name_r is null",
        (
            ("middle_name_l = middle_name_r", "equal"),
            (
                "left(middle_name_l, 1) = left(middle_name_r, 1) "
                "and least(length(middle_name_l), length(middle_name_r)) = 1",
                "the initial is equal",
            ),
            _near("middle_name", 0.88),
        ),
    ),
    (
        "suffix",
        "suffix_l is null or suffix_r is null",
        (("suffix_l = suffix_r", "equal"),),
    ),
    (
        "dob",
        "dob_l is null or dob_r is null",
        (
            ("dob_l = dob_r", "equal"),
            (
                "year(dob_l) = year(dob_r) and month(dob_l) = day(dob_r) "
                "and day(dob_l) = month(dob_r)",
                "day and month swapped",
            ),
            (
                "damerau_levenshtein(strftime(dob_l, '%Y%m%d'), strftime(dob_r, '%Y%m%d')) = 1",
                "one digit differs",
            ),
            ("month(dob_l) = month(dob_r) and day(dob_l) = day(dob_r)", "another year"),
        ),
    ),
    *(_number(column) for column in NUMBERS),
    (
        "email",
        "email_l is null or email_r is null",
        (
            ("email_l = email_r", "equal"),
            ("split_part(email_l, '@', 1) = split_part(email_r, '@', 1)", "equal before the @"),
            ("damerau_levenshtein(email_l, email_r) = 1", "one character differs"),
        ),
    ),
    (
        "username",
        "username_l is null or username_r is null",
        (
            ("username_l = username_r", "equal"),
            (
                "length(username_l) >= 6 and damerau_levenshtein(username_l, username_r) = 1",
                "one character differs",
            ),
        ),
    ),
    (
        "school_ids",
        "len(school_ids_l) = 0 or len(school_ids_r) = 0 "
        "or school_ids_l is null or school_ids_r is null",
        (("list_has_any(school_ids_l, school_ids_r)", "a school in common"),),
    ),
    (
        "grade",
        "grade_l is null or grade_r is null",
        (("grade_l = grade_r", "equal"), ("abs(grade_l - grade_r) = 1", "next to each other")),
    ),
)


def model(
    weights: Mapping[str, Sequence[tuple[float, float]]] | None = None, prior: float = 0.1
) -> dict[str, Any]:
    """Splink's settings; with `weights`, (m, u) of each column's levels, else from best to worst.

    `prior` is the share of matches among pairs that share a key.
    """
    return {
        "link_type": "link_only",
        "probability_two_random_records_match": prior,
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
        "blocking_rules_to_generate_predictions": [],
        "comparisons": [
            {
                "output_column_name": column,
                "comparison_description": column,
                "comparison_levels": [
                    _null(unknown),
                    *(
                        _level(level, known)
                        for level, known in zip(
                            (*levels, ("ELSE", "differs")),
                            (weights or {}).get(column, [(0.5, 0.5)] * (len(levels) + 1)),
                            strict=True,
                        )
                    ),
                ],
            }
            for column, unknown, levels in COMPARISONS
        ],
    }


def _null(condition: str) -> dict[str, Any]:
    return {
        "sql_condition": condition,
        "label_for_charts": "not known",
        "is_null_level": True,
    }


def _level(level: Level, known: tuple[float, float]) -> dict[str, Any]:
    condition, label = level
    m, u = known
    return {
        "sql_condition": condition,
        "label_for_charts": label,
        "m_probability": m,
        "u_probability": u,
    }
