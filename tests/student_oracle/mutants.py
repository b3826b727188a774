"""The guards of the reading of the application, and what each would be without.

`mutations` tries them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Mutant:
    """In a file the text of a guard, and what takes its place; `test` catches what no town can."""

    name: str
    file: str
    guard: str
    instead: str
    test: str = ""


def _source(name: str, module: str, guard: str, instead: str) -> Mutant:
    return Mutant(name, f"dlt_sources/application/{module}.py", guard, instead)


def _by_name(name: str, module: str, guard: str, instead: str, test: str) -> Mutant:
    return replace(_source(name, module, guard, instead), test=f"tests/application/{test}")


SOURCE = (
    _source("cursor: NULL is not read", "looking",
            "return told | tells_nothing(reader, kind)", "return told"),
    _source("cursor: year 1 is not read", "looking",
            "return cursor.is_(None) | (cursor < _bound(reader, kind, EARLIEST))",
            "return cursor.is_(None)"),
    _source("cursor: a blank one is not read", "looking",
            'cursor.is_(None) | (cursor == "") if kind == "text" else cursor.is_(None)',
            "cursor.is_(None)"),
    _source("cursor: the future is not capped", "looking",
            "        query = query.where(cursor <= _bound(reader, kind, at))\n", "        pass\n"),
    _source("cursor: the future is not counted", "looking",
            "return int(reader.connection.execute(query).scalar_one())\n\n\ndef rows_without",
            "return 0\n\n\ndef rows_without"),
    _source("cursor: no overlap", "cursors", "_DEFAULT_OVERLAP = 3600.0", "_DEFAULT_OVERLAP = 1.0"),
    _source("cursor: it never falls", "cursors",
            "bool(_sortable(self.kind, mine) < _sortable(self.kind, others))", "False"),
    _source("cursor: its mark never falls", "cursors",
            "pairs = ((self.value, other.value), (self.mark, other.mark))",
            "pairs = ((self.value, other.value),)"),
    _source("cursor: read on from the last one", "cursors",
            "since = _earlier(moment_of(last.mark) or EARLIEST, mapping)",
            "since = _earlier(moment_of(last.value) or EARLIEST, mapping)"),
    _source("cursor: it may vanish", "comparing",
            "if not look.last or look.last.is_before(known.cursor)",
            "if look.last and look.last.is_before(known.cursor)"),
    _source("cursor: its kind may change", "comparing",
            "if look.last and known.cursor and look.last.kind != known.cursor.kind:", "if False:"),
    *(
        _source(f"mapping: another {part} is not noticed", "comparing",
                f'    "{part}": "', f'    # "{part}": "')
        # Another database or table has another identity; another cursor is often of another type.
        for part in ("columns", "types", "cursor_type", "identity")
    ),
    _source("index: its loss is not noticed", "comparing",
            'return "its index was lost" if indexed != known.present else None', "return None"),
    _source("comparison: never due", "comparing",
            "if period and (known.compared_at is None or at - known.compared_at >= period):",
            "if False:"),
    _source("comparison: not when asked for", "comparing", "    if asked:", "    if False:"),
    _source("comparison: IDs only", "comparing",
            "theirs = reader.sums(contents=contents)\n"
            "    buckets = merge.differing(theirs, contents=contents)",
            "theirs = reader.sums(contents=False)\n"
            "    buckets = merge.differing(theirs, contents=False)"),
    _source("comparison: heals in secret", "comparing",
            "if compares and plan.since else 0", "if False else 0"),
    _source("deletion: not in buckets", "comparing", "merge.withdraw_unread(buckets)", "pass"),
    _source("deletion: not among all", "comparing",
            "unreadable = merge.take(_all_rows(reader))\n    merge.withdraw_unread()",
            "unreadable = merge.take(_all_rows(reader))"),
    _source("deletion: not in a whole reading", "merging",
            "        self._withdraw_unindexed()\n", ""),
    _source("deletion: the index is kept", "merging",
            '        self._run(f"delete from {self._index}")\n', ""),
    _source("deletion: IDs are not read", "comparing",
            "if contents or merge.withdraw_absent(reader.ids()):", "if contents:"),
    _source("deletion: marks are not compared", "merging", "using (id, is_gone)", "using (id)"),
    _source("deletion: marks are not hashed", "reading",
            "hashes.hashed([id_text, *marks])", "hashes.hashed([id_text])"),
    _source("unclear: IDs that others have are taken", "merging",
            ' or id in (select id from read group by id having count(*) > 1)"', '"'),
    _source("unclear: what has no ID is taken", "merging", '"id is null or id in', '"id in'),
    _source("unclear: what was known of them goes", "merging",
            " anti join left_out using (id)\n", "\n"),
    _source("unclear: what was appended stays", "comparing", "merge.undo()", "pass"),
    _source("unclear: rows are not counted", "comparing",
            "    merge.expect_rows(sum(each.rows for each in theirs.values()))\n", ""),
    _source("unclear: IDs are not counted", "merging",
            'if self._number("select count(*) - count(distinct id) from their_ids"):', "if False:"),
    _source("unclear: the next load does not know", "comparing", "if known.left_out:", "if False:"),
    _source("merge: what was taken is taken again", "merging",
            '        self._run(f"delete from read where id in ({self._of_this_load})")\n', ""),
    _source("restore: not without news", "merging",
            "                or (known.change = 'withdrawn') <> hashed.is_gone\n", ""),
    _source("restore: what is gone is told again", "merging",
            "or known.hash <> hashed.hash and not hashed.is_gone",
            "or known.hash <> hashed.hash"),
    _source("values: UUIDs keep their case", "values",
            "then lower({text}) \"\n        f\"else", "then {text} \"\n        f\"else"),
    _source("values: IDs keep their point", "values",
            "when contains({text}, '.') and regexp", "when false and regexp"),
    _source("values: a blank ID is one", "values",
            "case when {is_blank(text)} then null \"", "case when false then null \""),
    _source("values: users are texts", "values", '"id", "user_id", ', '"id", '),
    _source("values: links are texts", "values", '"clever_id", ', ""),
    _source("values: NaN is a number", "values",
            "when regexp_full_match({trimmed}, '{_NUMBER}') and isfinite({number}) then",
            "when true then"),
    _source("values: infinity is a time", "values",
            "case when regexp_full_match(trim({text}), '{_TIME}') and trim({text}) >= '0001' \"\n"
            "        f\"and {time} between timestamp '{_FIRST}' and timestamp '{_LAST}' \"",
            "case when true \""),
    _source("values: false is a deletion", "values", 'r"|f|false|n|no|', 'r"|f|n|no|'),
    _source("values: 1970 is a deletion", "values",
            'r"|1970-01-01([ t]00:00:00(\\.0+)?(z|[+-]00(:?00)?)?)?"', 'r"|1970"'),
    _source("values: never is a deletion", "values",
            'r"|(9999|[0-9]{5,})-[0-9]{2}-[0-9]{2}([ t].*)?"', '""'),
    _source("values: infinity is a deletion", "values", "|infinity|0000", "|0000"),
    _source("values: the end of time is a time", "values",
            '"0001-01-01", "9998-12-31 23', '"0001-01-01", "9999-12-31 23'),
    _source("values: unreadable ones are not counted", "merging",
            'return " + ".join(counted) or "0"', 'return "0"'),
    _source("failure: the mapping of a missing table passes", "syncing",
            "line = _failed(load, mapping.name, reason(error, mapping, reader))", "raise"),
)  # fmt: skip

#: What no town makes happen, as it takes another server, user, version or program in between.
BY_NAME = (
    _by_name("identity: a file that was restored", "comparing",
             'int(fingerprint["writes"]) < int(known.fingerprint.get("writes", 0))', "False",
             "test_goes_on.py::test_a_file_that_was_written_less_often_is_another_one"),
    _by_name("mapping: another cursor of the same type", "comparing",
             '    "cursor": "', '    # "cursor": "',
             "test_goes_on.py::test_another_column_as_cursor_is_read_as_a_whole"),
    _by_name("mapping: other rules", "comparing", '    "rules": "', '    # "rules": "',
             "test_goes_on.py::test_values_that_other_rules_would_read_are_read_anew"),
    _by_name("log: IDs of an older version", "merging",
             'canonical_id("id") if self._has_old_ids else "id"', '"id"',
             "test_ids.py::test_a_log_of_an_older_version_goes_on"),
    _by_name("unclear: however many there are", "merging",
             "if left_out < rows and left_out <= max(_FEW, _SHARE * rows):", "if True:",
             "test_unclear_rows.py::test_what_most_rows_share_is_no_id"),
    _by_name("hidden: rows that a policy hides", "reading",
             "if may_hide_rows(connection, mapping):", "if False:",
             "test_hidden_rows.py::test_row_level_security_hides_nothing_without_a_word"),
    _by_name("hidden: rows that are cut off", "comparing",
             "if reader.dialect.hashes and read != (rows := reader.count()):", "if rows := 0:",
             "test_hidden_rows.py::test_fewer_rows_than_there_are_are_not_taken_over"),
    _by_name("hidden: rows beyond a limit", "dialects",
             '        "set sql_select_limit = 18446744073709551615",\n', "",
             "test_hidden_rows.py::test_a_limit_of_the_server_cuts_nothing_off"),
    _by_name("session: the client's encoding", "connecting",
             "always={**_ALIVE, **_UTF8}", "always={**_ALIVE}",
             "test_hidden_rows.py::test_a_client_without_an_encoding_reads_texts"),
    _by_name("session: the URL's encoding", "dialects",
             "        \"set client_encoding = 'UTF8'\",\n", "",
             "test_hidden_rows.py::test_an_encoding_that_the_url_names_garbles_no_texts"),
    _by_name("session: each query has its moment", "dialects",
             '{"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}', "{}",
             "test_meanwhile.py::test_a_load_sees_one_moment_of_a_server"),
    _by_name("meanwhile: what was read and is gone", "merging",
             " and last.load_id < {self.load_id}", "", "test_meanwhile.py"),
    _by_name("cursor: no overlap of numbers", "cursors",
             " - Decimal(str(mapping.overlap or 0))", "",
             "test_changes.py::test_an_overlap_of_numbers_is_read_again"),
    _by_name("cursor: an overlap that means nothing", "looking",
             "check_overlap(reader.mapping, kind)", "pass",
             "test_changes.py::test_an_overlap_that_means_nothing_is_refused"),
    _by_name("values: whole numbers have exponents", "values",
             "when contains(lower({text}), 'e') and cast", "when false and cast", "test_ids.py"),
    _by_name("failure: a wrong entry is no line", "syncing",
             "        lines += _all_failed(log, load, [name], why)\n", "        pass\n",
             "test_failing.py::test_a_wrong_entry_of_one_table_stops_no_other"),
)  # fmt: skip
