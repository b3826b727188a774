"""Running the suites: in this process, in another, and by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dlt_sources.errors import ConfigurationError, RollbookError
from expectations.__main__ import main
from expectations.model import CheckResult
from expectations.process import SuiteRunner
from expectations.runner import run_suites
from tests.expectations.hand_made_home import BART, DISTRICT, Home

WITHOUT_HASH = f"update warehouse.clever_raw.users set hash = null where id = '{BART}'"


def test_a_result_says_what_was_judged_and_which_ids_are_wrong(home: Home) -> None:
    home.change(WITHOUT_HASH)

    results = run_suites(home.folder, ["raw_log"])

    assert results[3] == CheckResult(
        suite="raw_log",
        check="every_change_has_its_hash",
        severity="error",
        passed=False,
        evaluated=11,
        unexpected=1,
        sample_ids=(BART,),
        districts=(DISTRICT,),
    )
    assert [result.blocks for result in results] == [False, False, False, True, False, False]


def test_another_process_judges_alike_and_not_before_it_is_asked(home: Home) -> None:
    with SuiteRunner(home.folder) as suites:
        suites.start()
        home.change(WITHOUT_HASH)
        assert suites.judge() == run_suites(home.folder)
        assert suites.judge(since=1) == run_suites(home.folder, since=1)


def test_the_other_process_ends_with_the_block_that_started_it(home: Home) -> None:
    with SuiteRunner(home.folder) as suites:
        suites.start()
        child = suites._child

    assert child is not None
    assert child.returncode is not None


def test_the_other_process_ends_when_nobody_is_left_to_ask_it(home: Home) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "expectations", "--wait"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=True,
    )

    assert done.stdout == b""


def test_an_error_of_the_other_process_is_told_here(tmp_path: Path) -> None:
    with (
        SuiteRunner(tmp_path) as suites,
        pytest.raises(RollbookError, match=r"no warehouse\.duckdb"),
    ):
        suites.judge()


def test_judging_leaves_no_trace_in_the_home(home: Home, capfd: pytest.CaptureFixture[str]) -> None:
    before = {file.name: file.stat().st_mtime_ns for file in home.folder.rglob("*")}

    run_suites(home.folder)

    assert {file.name: file.stat().st_mtime_ns for file in home.folder.rglob("*")} == before
    assert capfd.readouterr() == ("", "")


def test_an_unknown_suite_is_refused_with_the_names_there_are(home: Home) -> None:
    with pytest.raises(ConfigurationError, match="no suite 'raw'; there are raw_loads, raw_log"):
        run_suites(home.folder, ["raw"])


@pytest.mark.parametrize("missing", ["warehouse", "build"])
def test_a_home_without_a_database_is_refused(home: Home, missing: str) -> None:
    (home.folder / f"{missing}.duckdb").unlink()

    with pytest.raises(ConfigurationError, match=rf"no {missing}\.duckdb"):
        run_suites(home.folder)


def test_the_log_can_be_judged_before_anything_is_built(home: Home) -> None:
    (home.folder / "build.duckdb").unlink()

    assert all(result.passed for result in run_suites(home.folder, ["raw_log", "raw_syncs"]))


def test_a_roster_that_was_never_built_is_refused(home: Home) -> None:
    home.change("drop table build.ops.builds")

    with pytest.raises(ConfigurationError, match="never been built"):
        run_suites(home.folder)


def test_a_home_in_use_is_refused(home: Home) -> None:
    held = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", held, str(home.folder / "warehouse.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    try:
        with pytest.raises(RollbookError, match="in use by another process"):
            run_suites(home.folder)
    finally:
        holder.communicate(b"\n")


def test_a_value_that_cannot_be_read_is_not_quoted(home: Home) -> None:
    home.change("""
        create or replace view build.roster.students as
        select student_id, district_id, record_status, school_id, sis_id, first_seen_at,
            valid_from + cast(first_name as interval) as last_changed_at
        from build.roster.student_history
    """)

    with pytest.raises(RollbookError) as refused:
        run_suites(home.folder, ["roster_fields"])

    assert "roster_fields could not read the databases (ConversionException)" in str(refused.value)
    assert "Bartholomew" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_neither_dagster_nor_a_loader_is_needed(home: Home) -> None:
    script = """
import sys, pathlib
from expectations.runner import run_suites
assert all(result.passed for result in run_suites(pathlib.Path(sys.argv[1])))
assert not {"dagster", "dagster_dbt", "dbt"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", script, str(home.folder)], check=True, timeout=60)


def test_asking_for_another_process_costs_no_import_of_great_expectations() -> None:
    script = """
import sys
from expectations.process import SuiteRunner
assert not {"great_expectations", "pandas", "duckdb"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_the_command_shows_every_check_and_succeeds(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(home.folder)]) == 0

    shown = capsys.readouterr().out
    assert "every change has its hash" in shown
    assert "as many are active as clever showed" in shown


def test_the_command_fails_if_a_check_blocks(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    home.change(WITHOUT_HASH)

    assert main(["--home", str(home.folder), "--suite", "raw_log"]) == 1
    assert BART in capsys.readouterr().out


def test_the_command_succeeds_if_a_check_only_warns(home: Home) -> None:
    home.change("update build.roster.student_history set sis_id = null")

    assert main(["--home", str(home.folder), "--suite", "roster_fields"]) == 0


def test_the_command_judges_everything_unless_asked_for_what_is_new(home: Home) -> None:
    home.change(WITHOUT_HASH)
    home.change("insert into build.ops.builds values (1, 'fingerprint')")

    assert main(["--home", str(home.folder), "--suite", "raw_log"]) == 1
    assert main(["--home", str(home.folder), "--suite", "raw_log", "--new"]) == 0


def test_the_command_says_in_one_line_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(tmp_path)]) == 2

    assert capsys.readouterr().err.count("\n") == 1


def test_what_great_expectations_needs_for_other_checks_is_imported_when_it_is_used() -> None:
    script = """
import sys
from expectations.deferred import defer
from expectations.judge import load_great_expectations

defer("scipy.stats", "altair")
load_great_expectations()
assert not {"scipy.stats.distributions", "altair.vegalite"} & set(sys.modules)

import scipy.stats
from great_expectations.expectations.core import expect_column_kl_divergence_to_be_less_than as kl
assert scipy.stats.norm.cdf(0) == 0.5
assert kl.stats.norm.cdf(0) == 0.5
assert "scipy.stats.distributions" in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
