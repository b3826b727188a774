"""Whose an ID is: a Clever ID belongs to the district that showed it first.

Two districts that show one ID would make one record of two children. So what a district shows under
an ID that is another's is rejected: it is dropped from what the walk found before anything is
judged or loaded, and touches neither district. Of two that show it first in the same sync the
smaller district ID has it, if its sync is taken over.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dlt_sources.clever.changelog import raw_table, standing_syncs
from dlt_sources.clever.drift import Drift, drift_finder
from dlt_sources.clever.index import COLUMNS, IndexOf, Known, id_array, read_index, write_index
from dlt_sources.clever.objects import CLEVER_OBJECTS
from dlt_sources.clever.rejected import add_rejected
from dlt_sources.clever.results import DistrictWalk, ObjectWalk, SyncStart

_KINDS = {kind.name: kind for kind in CLEVER_OBJECTS}
_BELONGS, _SINCE = "its ID belongs to district ", ", which showed it first"
#: The list an ID stands in, and the ID.
_Record = tuple[str, str]


class Ownership:
    """Who has the IDs that a sync's walks show for the first time.

    Asked for one district after the other, in the order of their IDs: what is said to be taken over
    by one is foreign to those after it.
    """

    def __init__(self, client: Any, start: SyncStart, lines: Sequence[DistrictWalk]) -> None:
        self._start = start
        #: Of each contested record of a district its owner by the log; None: nobody had it before.
        self._contested: dict[str, dict[_Record, str | None]] = defaultdict(dict)
        self._taken: dict[_Record, str] = {}
        for kind in CLEVER_OBJECTS:
            for district_id, record_id, owner in _contested(client, kind.name, lines):
                self._contested[district_id][kind.name, record_id] = owner

    def without_foreign(self, line: DistrictWalk) -> DistrictWalk:
        """The same walk without what belongs to others, which is rejected."""
        foreign = {
            record: owner
            for record, before in self._contested.get(line.district_id, {}).items()
            if (owner := before or self._taken.get(record))
        }
        return _without(self._start, line, foreign) if foreign else line

    def take(self, line: DistrictWalk) -> None:
        """The district is taken over: what nobody had before is its own now."""
        for record, before in self._contested.get(line.district_id, {}).items():
            if before is None:
                self._taken.setdefault(record, line.district_id)


def _contested(
    client: Any, name: str, lines: Sequence[DistrictWalk]
) -> Iterator[tuple[str, str, str | None]]:
    """Districts with the IDs that are new to them and known of others, or shown by two at once."""
    files = [
        str(item.file)
        for line in lines
        for item in line.objects
        if item.name == name and item.file and item.created
    ]
    if not files:
        return
    shown = f"""
        select district_id, id from read_parquet([{", ".join(["%s"] * len(files))}])
        where change = 'created'
    """
    several = f"select id from ({shown}) as shown group by id having count(*) > 1"
    owners = f"""
        select id, arg_min(district_id, (sync_id, district_id)) as owner
        from {raw_table(client, name)} as log
        semi join ({standing_syncs(client)}) as standing using (sync_id, district_id)
        where id in (select id from ({shown}) as shown)
        group by id
    """
    query = f"""
        select shown.district_id, shown.id, owners.owner
        from ({shown}) as shown
        left join ({owners}) as owners using (id)
        where owners.owner <> shown.district_id
            {f"or owners.owner is null and shown.id in ({several})" if len(files) > 1 else ""}
    """
    uses = 3 if len(files) > 1 else 2
    yield from client.execute_sql(query, *(files * uses)) or ()


def _without(start: SyncStart, line: DistrictWalk, foreign: Mapping[_Record, str]) -> DistrictWalk:
    """The walk without some new records: in its files, its index and its counts."""
    by_list: dict[str, dict[str, str]] = defaultdict(dict)
    for (name, record_id), owner in foreign.items():
        by_list[name][record_id] = _reason(owner)
    assert line.index is not None
    _forget(line.index, IndexOf(line.district_id, start.run_id, start.sync_id), by_list)
    add_rejected(
        start.district_folder(line.district_id),
        ((name, record_id, _reason(owner)) for (name, record_id), owner in foreign.items()),
    )
    return replace(
        line,
        objects=tuple(_dropped(item, by_list.get(item.name, {})) for item in line.objects),
        seen=line.seen - len(foreign),
        rejected=line.rejected + len(foreign),
    )


def _reason(owner: str) -> str:
    return f"{_BELONGS}{owner}{_SINCE}"


def owner_of(reason: str) -> str | None:
    """The district to which a record rejected for a reason belongs; None for any other reason."""
    if reason.startswith(_BELONGS) and reason.endswith(_SINCE):
        return reason.removeprefix(_BELONGS).removesuffix(_SINCE)
    return None


def _dropped(item: ObjectWalk, reasons: Mapping[str, str]) -> ObjectWalk:
    """The list without the records of some IDs, each with the reason why it is rejected."""
    if not reasons:
        return item
    assert item.file is not None
    ids = list(reasons)
    records = _records(item.file, ids)
    turnover = dict(item.turnover)
    for name, count in _counted(item.name, records).items():
        turnover[name] = replace(turnover[name], created=turnover[name].created - count)
    of_list = turnover[item.name]
    turnover[item.name] = replace(of_list, rejected=of_list.rejected + len(ids))
    return replace(
        item,
        seen=item.seen - len(ids),
        created=item.created - len(ids),
        rejected=Counter(item.rejected) + Counter(reasons.values()),
        turnover=turnover,
        drift=Counter(item.drift) - _drift(item.name, records),
        file=_rewritten(item.file, ids),
    )


def _records(file: Path, ids: Sequence[str]) -> list[dict[str, str | None]]:
    """The roles and payloads of some new rows of a file."""
    import pyarrow.parquet as pq

    columns = [name for name in ("roles", "payload") if name in pq.read_schema(file).names]
    found = pq.read_table(file, columns=columns, filters=[("id", "in", ids)])
    rows: list[dict[str, str | None]] = found.to_pylist()
    return rows


def _counted(name: str, records: Sequence[Mapping[str, str | None]]) -> dict[str, int]:
    """How many of some records count in each of a list's types: users in each of their roles."""
    kind = _KINDS[name]
    if not kind.roles:
        return {name: len(records)}
    texts = [(record["roles"] or "").split(",") for record in records]
    of_roles = {role.plural: sum(role.singular in text for text in texts) for role in kind.roles}
    return {name: len(records), **of_roles}


def _drift(name: str, records: Sequence[Mapping[str, str | None]]) -> Counter[Drift]:
    """What some records showed that nobody knows: of what is rejected it is not told."""
    find = drift_finder(_KINDS[name])
    return Counter(
        drift for record in records for drift in find((record["payload"] or "").encode())
    )


def _rewritten(file: Path, ids: Sequence[str]) -> Path | None:
    """The file without the new rows of some IDs; None where nothing is left."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    source = pq.ParquetFile(file)
    beside = file.with_suffix(".own.parquet")
    unwanted, kept = pa.array(ids), 0
    with pq.ParquetWriter(beside, source.schema_arrow, compression="lz4") as writer:
        for group in range(source.num_row_groups):
            table = source.read_row_group(group)
            table = table.filter(pc.invert(pc.is_in(table["id"], value_set=unwanted)))
            writer.write_table(table)
            kept += table.num_rows
    return beside if kept else None


def _forget(path: Path, of: IndexOf, by_list: Mapping[str, Mapping[str, str]]) -> None:
    """Take records out of a district's new index."""
    states = read_index(path, of)
    for name, ids in by_list.items():
        known = states[name]
        keep = ~np.isin(known.ids, id_array(list(ids)))
        states[name] = Known(*(getattr(known, column)[keep] for column in COLUMNS))
    write_index(path, of, states)
