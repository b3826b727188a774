"""Matching once more, in plain Python, one account and one user at a time.

It is written from what the guide says, not from the SQL: a small town is played through both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

#: A rule's name, of which roles it speaks, and the keys of an account and of a user.
Key = Callable[[Mapping[str, str | None]], str | None]


@dataclass(frozen=True)
class Rule:
    """What has to be equal, for which roles, and whether families share it."""

    name: str
    roles: frozenset[str]
    of_account: Key
    of_user: Key
    goes_through_families: bool = False


def number(column: str) -> Key:
    return lambda person: (person[column] or "").strip() or None


def address(column: str) -> Key:
    return lambda person: re.sub(r"\s", "", person[column] or "").lower() or None


def letters(text: str | None) -> str:
    plain = unicodedata.normalize("NFKD", text or "").lower()
    return "".join(each for each in plain if each.isalnum())[:60]


_SUFFIX = re.compile(r"[ ,]+(jr|sr|ii|iii|iv)[. ]*$", re.IGNORECASE)


def last_name(person: Mapping[str, str | None]) -> str:
    return letters(_SUFFIX.sub("", person["last_name"] or ""))


def suffix(person: Mapping[str, str | None]) -> str | None:
    found = _SUFFIX.search(person["last_name"] or "")
    return letters(person.get("suffix")) or (found.group(1).lower() if found else None)


def full_name(person: Mapping[str, str | None]) -> str | None:
    first, last, dob = letters(person["first_name"]), last_name(person), person["dob"]
    return f"{first}/{last}/{dob}" if first and last and dob else None


STUDENT, TEACHER, STAFF = "student", "teacher", "staff"
EVERYBODY = frozenset({STUDENT, TEACHER, STAFF})
RULES = (
    Rule("sis_id", frozenset({STUDENT, TEACHER}), number("sis_id"), number("sis_id")),
    Rule(
        "student_number", frozenset({STUDENT}), number("student_number"), number("student_number")
    ),
    Rule("staff_id", frozenset({STAFF}), number("sis_id"), number("staff_id")),
    Rule("email", EVERYBODY, address("email"), address("email"), True),
    Rule("district_username", EVERYBODY, address("username"), address("district_username"), True),
    Rule("name_birthday", frozenset({STUDENT}), full_name, full_name),
)
MOST = 5


@dataclass
class Town:
    """What stands: accounts and users as last told, whose accounts are, and how they came to it."""

    users: dict[tuple[str, str], Mapping[str, str | None]] = field(default_factory=dict)
    accounts: dict[str, Mapping[str, str | None]] = field(default_factory=dict)
    linked_before: set[tuple[str, str]] = field(default_factory=set)
    matched: dict[str, tuple[str, str]] = field(default_factory=dict)
    withdrawn: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    last: dict[str, Mapping[str, str | None]] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    day: int = 0

    def tell(
        self,
        users: Mapping[tuple[str, str], Mapping[str, str | None]],
        accounts: Mapping[str, Mapping[str, str | None]],
        decisions: Sequence[tuple[str, str, str]],
    ) -> dict[str, tuple[str, str]]:
        """A day: users stay, once seen; of accounts only those told are there. Who is whose now."""
        self.day += 1
        self.users.update(users)
        for id_ in accounts.keys() - self.accounts.keys():
            self.others.discard(id_)
            if id_ in self.last and is_somebody_else(self.last[id_], accounts[id_]):
                self.others.add(id_)
        self.last |= accounts
        self.accounts = dict(accounts)
        known = {user for user, _ in self.users}
        accepted = {a: u for a, u, what in decisions if what == "accept" and u in known}
        refused = {(a, u) for a, u, what in decisions if what != "accept" and u in known}
        links = {a: str(row["clever_id"]) for a, row in accounts.items() if row["clever_id"]}
        refused -= set(links.items())
        accepted = {a: u for a, u in accepted.items() if links.get(a, u) == u and a in accounts}
        self._end(links, accepted, refused)
        self._make(links, accepted, refused)
        self.linked_before |= set(links.items())
        return {
            **self.matched,
            **{
                a: (u, "application")
                for a, u in links.items()
                if self.matched.get(a, ("", ""))[0] != u
            },
        }

    def _end(
        self, links: Mapping[str, str], accepted: Mapping[str, str], refused: set[tuple[str, str]]
    ) -> None:
        for a, (u, rule) in list(self.matched.items()):
            gone = a not in self.accounts
            if (
                gone
                or links.get(a, u) != u
                or (a, u) in refused
                or accepted.get(a, u) != u
                or (rule == "decision" and a not in accepted)
            ):
                del self.matched[a]
                self.withdrawn.pop(a, None)
                if gone and rule != "decision":
                    self.withdrawn[a] = (self.day, u, rule)

    def _make(
        self, links: Mapping[str, str], accepted: Mapping[str, str], refused: set[tuple[str, str]]
    ) -> None:
        open_ = [a for a in self.accounts if a not in links and a not in self.matched]
        new: dict[str, tuple[str, str]] = {
            a: (accepted[a], "decision") for a in open_ if a in accepted
        }
        taken = {u for u, _ in self.matched.values()} | set(links.values())
        taken |= {u for u, _ in new.values()}
        back = [(self.withdrawn[a], a) for a in open_ if a in self.withdrawn and a not in new]
        for (_, u, name), a in sorted(back, reverse=True):
            pairs = [pair for pair in self._speaking() if pair[:2] == (a, u)]
            against = any(self._against(a, u, pairs)) if pairs else False
            if u not in taken and not against and (a, u) not in refused and a not in self.others:
                new[a] = (u, name)
                taken.add(u)
        for rule in RULES:
            found = [pair for pair in self._speaking() if pair[2] is rule]
            chosen = {}
            for a, u, _ in found:
                alone = sum(x == a for x, _, _ in found) == sum(x == u for _, x, _ in found) == 1
                if (
                    alone
                    and a in open_
                    and a not in new
                    and u not in taken
                    and (a, u) not in refused
                    and not self._vetoed(a, u, rule)
                ):
                    chosen[a] = (u, rule.name)
            new |= chosen
            taken |= {u for u, _ in chosen.values()}
        for a in new:
            self.withdrawn.pop(a, None)
        self.matched |= new

    def _speaking(self) -> Iterator[tuple[str, str, Rule]]:
        """Accounts and users who share what a rule asks for, unless too many do."""
        for rule in RULES:
            pairs: dict[tuple[str, str], set[tuple[str, str]]] = {}
            sharing: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
            for a, row in self.accounts.items():
                for (u, role), user in self.users.items():
                    key = rule.of_account(row)
                    fits = role in rule.roles and row["role"] == role
                    if key is not None and fits and key == rule.of_user(user):
                        pairs.setdefault((role, key), set()).add((a, u))
                        of_accounts, of_users = sharing.setdefault((role, key), (set(), set()))
                        of_accounts.add(a)
                        of_users.add(u)
            for group, met in pairs.items():
                if max(map(len, sharing[group])) <= MOST:
                    yield from ((a, u, rule) for a, u in sorted(met))

    def _is_another(self, a: str, u: str) -> bool:
        """Whether the account's name, with its birthday or to the letter, is another user's."""
        account, role = self.accounts[a], self.accounts[a]["role"]
        namesakes = {
            y for x, y, each in self._speaking() if each.name == "name_birthday" and x == a
        }
        if namesakes and u not in namesakes:
            return True
        name = (account["first_name"], account["last_name"])
        user = self.users.get((u, role or ""))
        if user is None or None in name or _keys(user) == _keys(account):
            return False
        return any(
            (other["first_name"], other["last_name"]) == name
            and not differ(account["dob"], other["dob"])
            for (_, other_role), other in self.users.items()
            if other_role == role
        )

    def _has_several_numbers(self, a: str) -> bool:
        """Whether one number is one user's alone, and another number another's."""
        found: dict[str, set[str]] = {}
        for x, y, rule in self._speaking():
            if x == a and rule.name in ("sis_id", "student_number", "staff_id"):
                found.setdefault(rule.name, set()).add(y)
        return len({min(users) for users in found.values() if len(users) == 1}) > 1

    def _vetoed(self, a: str, u: str, rule: Rule) -> bool:
        dob, suffixes, names, first, middle = self._against(a, u, ())
        taken_back = (a, u) in self.linked_before
        if rule.name == "name_birthday":
            return suffixes or middle or taken_back
        another = self._is_another(a, u)
        numbers = not rule.goes_through_families and self._has_several_numbers(a)
        return (
            numbers
            or dob
            or suffixes
            or names
            or another
            or taken_back
            or (rule.goes_through_families and first)
        )

    def _against(self, a: str, u: str, pairs: Sequence[tuple[str, str, Rule]]) -> tuple[bool, ...]:
        """Birthday, suffix, both names, first name, middle name; and what only a pair tells."""
        account, role = self.accounts[a], self.accounts[a]["role"]
        user = self.users.get((u, role or ""))
        if user is None:
            return (False,) * 5
        first, last = _names_unlike(account, user)
        told = (
            differ(account["dob"], user["dob"]),
            differ(suffix(account), suffix(user)),
            first and last,
            first,
            unlike(letters(account["middle_name"]), letters(user["middle_name"])),
        )
        if not pairs:
            return told
        another = self._is_another(a, u) or self._has_several_numbers(a)
        return (*told, another, (a, u) in self.linked_before)


def _keys(person: Mapping[str, str | None]) -> tuple[str, str]:
    return letters(person["first_name"]), last_name(person)


def _names_unlike(
    account: Mapping[str, str | None], user: Mapping[str, str | None]
) -> tuple[bool, bool]:
    """Whether first and last name are unlike; who has one name may have both in it."""
    (first, last), (theirs, their_last) = _keys(account), _keys(user)
    if not theirs and their_last and their_last != last:
        return (
            bool(first) and first not in their_last,
            unlike(last, their_last) and last not in their_last,
        )
    if not first and last and last != their_last:
        return (
            bool(theirs) and theirs not in last,
            unlike(last, their_last) and their_last not in last,
        )
    crossed = unlike(first, their_last) and unlike(last, theirs)
    swapped = bool(first and last) and first == their_last and last == theirs
    return unlike(first, theirs) and not swapped, unlike(last, their_last) and crossed


def is_somebody_else(before: Mapping[str, str | None], now: Mapping[str, str | None]) -> bool:
    """Whether an account that came back has another birthday, or name, or nothing in common."""
    (first, last), (then_first, then_last) = _keys(now), _keys(before)
    keys = (*map(number, ("sis_id", "student_number")), *map(address, ("email", "username")))
    shared = [key(before) for key in keys if key(before)]
    in_common = [key for key in keys if key(before) and key(before) == key(now)]
    same_name = bool(first and last) and (first, last) == (then_first, then_last)
    return (
        differ(before["dob"], now["dob"])
        or (unlike(first, then_first) and unlike(last, then_last))
        or (bool(shared or then_first or then_last) and not in_common and not same_name)
    )


def differ(one: str | None, other: str | None) -> bool:
    return bool(one and other and one != other)


def unlike(one: str, other: str) -> bool:
    """Neither begins like the other, and more than a third of the letters differ."""
    if not one or not other or one.startswith(other) or other.startswith(one):
        return False
    return distance(one, other) * 3 > max(len(one), len(other))


def distance(one: str, other: str) -> int:
    """How many letters have to be put in, taken out or changed."""
    row = list(range(len(other) + 1))
    for i, mine in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, theirs in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (mine != theirs))
    return row[-1]
