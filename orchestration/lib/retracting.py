"""A retraction for people: what it would do, in words, and doing it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dlt_sources.clever import clever_pipeline
from dlt_sources.clever.changelog import open_warehouse
from dlt_sources.clever.retractions import Preview, Reversal, preview, take_back
from dlt_sources.errors import ConfigurationError
from orchestration.lib.home import Home

_REVERSALS = (
    ("forgotten", "never seen"),
    ("revived", "active again"),
    ("archived_again", "archived again"),
    ("changed_back", "as they were before"),
)


def preview_retraction(
    home: Home, districts: Sequence[str], since_sync_id: int, reason: str
) -> list[Preview]:
    """What taking back would do to each district; nothing is changed.

    Raises ConfigurationError if there is nothing to take back of one, or no reason is given.
    """
    if not reason.strip():
        raise ConfigurationError("--reason must say why, for whoever reads ops.retractions later.")
    if not districts:
        raise ConfigurationError("No district is named; ops.syncs lists districts and syncs.")
    if not home.warehouse.exists():
        raise ConfigurationError(f"{home.root} holds no log yet; there is nothing to take back.")
    with open_warehouse(clever_pipeline(home.root)) as client:
        return [preview(client, each, since_sync_id) for each in dict.fromkeys(districts)]


def retract(
    home: Home, seen: Sequence[Preview], reason: str, made_by: str, run_id: str
) -> list[int]:
    """Take back what previews have shown; the retractions' numbers."""
    with open_warehouse(clever_pipeline(home.root)) as client, client.begin_transaction():
        return [
            take_back(
                client,
                home.root,
                each.district_id,
                each.since_sync_id,
                kind="retracted",
                reason=reason,
                made_by=made_by,
                run_id=run_id,
            )
            for each in seen
        ]


def previewed(seen: Sequence[Preview]) -> str:
    """Previews as lines for a person."""
    return "\n".join(line for each in seen for line in _lines(each))


def _lines(seen: Preview) -> Iterator[str]:
    yield f"Of district {seen.district_id} these syncs would be taken back:"
    for sync in seen.syncs:
        yield (
            f"  {sync.sync_id}, observed at {sync.observed_at:%Y-%m-%d %H:%M} UTC: "
            f"{sync.created:,} created, {sync.updated:,} updated, {sync.archived:,} archived, "
            f"{sync.restored:,} restored"
        )
    yield "Its records would be:"
    for reversal in seen.reversals:
        yield f"  {reversal.object}: {_counts(reversal)}"
    if not seen.reversals:
        yield "  as they are; those syncs changed none"
    if seen.stands is None:
        yield "No sync of it would be left: its roster is empty until the next sync."
    else:
        yield (
            f"Its roster would be that of {seen.stands:%Y-%m-%d %H:%M} UTC again, and the next "
            "sync is compared with it."
        )


def _counts(reversal: Reversal) -> str:
    counts = [(getattr(reversal, name), words) for name, words in _REVERSALS]
    return ", ".join(f"{count:,} {words}" for count, words in counts if count) or "as they are"
