"""A plain HTTP client for the tests, and datasets written for one of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from dlt_sources.sandbox import Sandbox

DISTRICT = "63" + "0" * 22
TOKEN = "token-of-the-small-district"


@dataclass(frozen=True)
class Client:
    """Calls the sandbox with a district's token."""

    sandbox: Sandbox
    token: str = TOKEN
    version: str = "v3.1"

    def raw(self, path: str, **query: str | int) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return requests.get(self.sandbox.url + path, params=query, headers=headers, timeout=10)

    def get(self, path: str, **query: str | int) -> requests.Response:
        return self.raw(f"/{self.version}{path}", **query)

    def records(self, path: str, **query: str | int) -> list[dict[str, Any]]:
        return [row["data"] for row in self.get(path, **query).json()["data"]]

    def ids(self, path: str, **query: str | int) -> list[str]:
        return [record["id"] for record in self.records(path, **query)]

    def walk(self, path: str, rel: str) -> Iterator[dict[str, Any]]:
        """Yield pages, following a link until it is absent."""
        following: str | None = path
        while following:
            page = self.raw(following).json()
            yield page
            following = links(page).get(rel)


def links(page: Mapping[str, Any]) -> dict[str, str]:
    return {link["rel"]: link["uri"] for link in page["links"]}


def small_id(number: int) -> str:
    return f"{number:024x}"


def users(*numbers: int) -> list[dict[str, Any]]:
    return [{"id": small_id(number), "district": DISTRICT} for number in numbers]


def write_dataset(folder: Path, days: list[dict[str, list[dict[str, Any]]]]) -> Path:
    """Write a dataset of one district; each day gives its lists, an absent one is as before."""
    write(folder / "dataset.json", {"title": "Small", "client_id": "id", "client_secret": "secret"})
    for number, lists in enumerate(days, start=1):
        day = folder / "days" / f"{number:02d}"
        write(day / "day.json", {"date": "2026-08-17", "story": []})
        for name, records in lists.items():
            lines = "".join(json.dumps(record) + "\n" for record in records)
            write(day / "small" / f"{name}.jsonl", lines)
    write(folder / "days/01/tokens.json", {DISTRICT: TOKEN})
    district = {"id": DISTRICT, "name": "Small", "last_sync": "2026-08-17T05:00:00.000Z"}
    write(folder / "days/01/small/district.json", district)
    return folder


def write(file: Path, content: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
