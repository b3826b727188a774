"""A district that cannot be read harms no other, and loses nothing itself."""

import duckdb

from dlt_sources.sandbox import Fault
from tests.end_to_end.conftest import Installation


def test_a_refused_district_is_suspended_while_the_others_go_on(empty: Installation) -> None:
    assert empty.sync_day(1).returncode == 0
    [(refused,), (other,)] = empty.query("select district_id from roster.districts order by all")
    students = "select count(*) from roster.students where record_status = 'active'"
    before = empty.query(f"{students} and district_id = '{refused}'")

    empty.sandbox.inject(
        Fault("status", path="/users", status=401, times=1000, district=str(refused))
    )
    ended = empty.sync_day(3)
    empty.sandbox.clear_faults()

    assert ended.returncode == 3, ended.stderr
    assert empty.query(
        "select district_id, status from ops.syncs where sync_id = "
        "(select max(sync_id) from ops.syncs) order by all"
    ) == [(refused, "suspended"), (other, "complete")]
    assert empty.query(f"{students} and district_id = '{refused}'") == before
    assert "suspended" in empty.run("status").stdout
    assert empty.sync_day(4).returncode == 0


def test_a_blocking_check_keeps_the_last_good_roster(empty: Installation) -> None:
    """A row of the log spoiled by hand: the checks find it and nothing is published."""
    assert empty.sync_day(1).returncode == 0
    with duckdb.connect(str(empty.home / "warehouse.duckdb")) as connection:
        connection.execute("delete from clever_raw.users where roles = 'student'")
    (empty.home / "build.duckdb").unlink()
    before = (empty.home / "rollbook.duckdb").read_bytes()

    ended = empty.sync_day(2)

    assert ended.returncode == 1
    assert "blocking" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert (empty.home / "rollbook.duckdb").read_bytes() == before
