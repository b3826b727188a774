"""What Rollbook is compared with, each as a command of its own over the same pages.

    python -m tests.bench.baselines scd2 http://127.0.0.1:8400 FOLDER

floor      fetches and parses every page and does nothing with it
scd2       dlt's merge strategy `scd2` of the users alone, as dlt does it by default
parquet    the same with dlt's parquet loader
snapshot   the users' canonical text and its hash in a table, and a dbt snapshot of that
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import requests

from tests.bench.generator import TOKEN

_LISTS = ("districts", "schools", "terms", "courses", "sections", "users")

_PROJECT = {
    "dbt_project.yml": """
name: bench
version: "1.0"
profile: bench
flags: {send_anonymous_usage_stats: false}
""",
    "profiles.yml": """
bench:
  target: here
  outputs:
    here: {type: duckdb, path: snapshot.duckdb, threads: 4}
""",
    "models/sources.yml": """
sources:
  - name: raw
    tables: [{name: users}]
""",
    "snapshots/users.yml": """
snapshots:
  - name: users_snapshot
    relation: source('raw', 'users')
    config:
      schema: snapshots
      unique_key: id
      strategy: check
      check_cols: [hash]
      hard_deletes: new_record
""",
}


def pages(url: str, name: str) -> Iterator[list[dict[str, Any]]]:
    """The records of a list, page by page as Clever serves them, parsed."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {TOKEN}"
        path: str | None = f"/v3.1/{name}" + ("" if name == "districts" else "?limit=10000")
        while path:
            answer = session.get(url + path, timeout=60)
            answer.raise_for_status()
            page = orjson.loads(answer.content)
            yield [row["data"] for row in page["data"]]
            path = next((link["uri"] for link in page["links"] if link["rel"] == "next"), None)


def floor(url: str, _: Path) -> None:
    """Fetching and parsing, nothing else."""
    for name in _LISTS:
        for _page in pages(url, name):
            pass


def scd2(url: str, folder: Path) -> None:
    """dlt's slowly changing dimension of the users, with dlt's defaults."""
    _scd2(url, folder, None)


def parquet(url: str, folder: Path) -> None:
    """dlt's slowly changing dimension of the users, loaded as parquet."""
    _scd2(url, folder, "parquet")


def _scd2(url: str, folder: Path, file_format: Any) -> None:
    import dlt

    # Without nested tables, which would only make it slower and have no history.
    @dlt.resource(
        name="users",
        write_disposition={"disposition": "merge", "strategy": "scd2"},
        max_table_nesting=0,
    )
    def users() -> Iterator[list[dict[str, Any]]]:
        yield from pages(url, "users")

    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=str(folder / "dlt"),
        destination=dlt.destinations.duckdb(str(folder / "scd2.duckdb")),
        dataset_name="history",
    )
    pipeline.run(users(), loader_file_format=file_format)


def snapshot(url: str, folder: Path) -> None:
    """A dbt snapshot of the users by the hash of their text; those that are gone get a row too."""
    for name, text in _PROJECT.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    _load(url, folder / "snapshot.duckdb")
    dbt = Path(sys.executable).with_name("dbt")
    subprocess.run([dbt, "snapshot", "--profiles-dir", "."], cwd=folder, check=True)


def _load(url: str, database: Path) -> None:
    import duckdb
    import pyarrow as pa

    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema if not exists raw")
        connection.execute(
            "create or replace table raw.users (id varchar, hash varchar, record varchar)"
        )
        for page in pages(url, "users"):
            texts = [orjson.dumps(user, option=orjson.OPT_SORT_KEYS) for user in page]
            rows = pa.table(
                {
                    "id": [user["id"] for user in page],
                    "hash": [hashlib.blake2b(text, digest_size=8).hexdigest() for text in texts],
                    "record": [text.decode() for text in texts],
                }
            )
            connection.register("page", rows)
            connection.execute("insert into raw.users from page")


BASELINES: dict[str, Callable[[str, Path], None]] = {
    "floor": floor,
    "scd2": scd2,
    "parquet": parquet,
    "snapshot": snapshot,
}


if __name__ == "__main__":
    BASELINES[sys.argv[1]](sys.argv[2], Path(sys.argv[3]))
