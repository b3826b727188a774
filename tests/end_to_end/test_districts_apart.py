"""A district that cannot be read harms no other, and loses nothing itself."""

import duckdb

from dlt_sources.sandbox import Fault
from tests.end_to_end.conftest import Installation


def test_a_refused_district_is_suspended_while_the_others_go_on(after_day_1: Installation) -> None:
    [(refused,), (other,)] = after_day_1.query(
        "select district_id from roster.districts order by all"
    )
    students = "select count(*) from roster.students where record_status = 'active'"
    before = after_day_1.query(f"{students} and district_id = '{refused}'")

    after_day_1.sandbox.inject(
        Fault("status", path="/users", status=401, times=1000, district=str(refused))
    )
    ended = after_day_1.sync_day(3)
    after_day_1.sandbox.clear_faults()

    assert ended.returncode == 3, ended.stderr
    assert after_day_1.query(
        "select district_id, status from ops.syncs where sync_id = "
        "(select max(sync_id) from ops.syncs) order by all"
    ) == [(refused, "suspended"), (other, "complete")]
    assert after_day_1.query(f"{students} and district_id = '{refused}'") == before
    assert "suspended" in after_day_1.run("status").stdout
    assert after_day_1.sync_day(4).returncode == 0


def test_a_blocking_check_keeps_the_last_good_roster(after_day_1: Installation) -> None:
    """A row of the log spoiled by hand: the checks find it and nothing is published."""
    with duckdb.connect(str(after_day_1.home / "warehouse.duckdb")) as connection:
        connection.execute("delete from clever_raw.users where roles = 'student'")
    (after_day_1.home / "build.duckdb").unlink()
    before = (after_day_1.home / "rollbook.duckdb").read_bytes()

    ended = after_day_1.sync_day(2)

    assert ended.returncode == 1
    assert "blocking" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert (after_day_1.home / "rollbook.duckdb").read_bytes() == before
