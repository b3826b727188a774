"""The resources of the job: the home it works in, and whoever watches its progress."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import dagster as dg
from dagster._core.execution.stats import StepEventStatus

from expectations.process import SuiteRunner
from orchestration.lib.home import Home, current_home, home_lock
from orchestration.lib.noting import noting_failures
from orchestration.lib.outcome import note_begun, note_ended
from orchestration.lib.reasons import publication, told
from orchestration.lib.settings import settings

#: Every step that opens the warehouse or the build takes the one slot of this pool.
WAREHOUSE_POOL = "warehouse"

_UNFINISHED = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


class HomeResource(dg.ConfigurableResource["HomeResource"]):
    """The home of this installation, held by one run from its first step to its last."""

    @property
    def home(self) -> Home:
        """The paths."""
        return current_home()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[HomeResource]:
        """Lock the home, settle what killed runs left behind, and hold the lock for the run."""
        with noting_failures(self.home, _job(context)):
            settings()
            self.home.prepare()
            self.home.set_environment()
        instance = context.instance
        with home_lock(self.home):
            if instance is None or instance.is_ephemeral:
                yield self
                return
            run_id = context.run.run_id if context.run else None
            settle_dead_runs(instance, alive=run_id)
            note_begun(self.home, _job(context), run_id)
            try:
                yield self
            finally:
                note_ended(self.home, _unfinished(self.home, instance, run_id))


def _job(context: dg.InitResourceContext) -> str:
    return context.run.job_name if context.run else "unknown"


def _unfinished(home: Home, instance: dg.DagsterInstance, run_id: str | None) -> str | None:
    """What is to be said of a run that ends before all its steps have; None if they have."""
    run = instance.get_run_by_id(run_id) if run_id else None
    if run is None or run.execution_plan_snapshot_id is None:
        return None
    plan = instance.get_execution_plan_snapshot(run.execution_plan_snapshot_id)
    done = {
        stats.step_key
        for stats in instance.get_run_step_stats(run.run_id)
        if stats.status is StepEventStatus.SUCCESS
    }
    if done >= set(plan.step_keys_to_execute):
        return None
    return f"It was stopped before its end. {publication(home)}"


@dg.failure_hook
def failure_is_noted(context: dg.HookContext) -> None:
    """Notes why a step failed, for `rollbook status`; also in runs that Dagster's daemon starts."""
    if context.op_exception is not None:
        home = current_home()
        note_ended(home, str(told(home, context.op_exception)))


def settle_dead_runs(instance: dg.DagsterInstance, alive: str | None) -> None:
    """Report runs failed whose process is gone, and free their pool slots.

    Whoever holds the home's lock knows that no other run of this home is alive. Without Dagster's
    daemon nobody else would free the slot of a killed step, and every later run would wait for it.
    """
    for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED)):
        if run.run_id != alive:
            instance.report_run_failed(run, "The process of this run ended before the run did.")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


class Progress(Protocol):
    """Told about each step of the walk; never shown anything of a record."""

    def __call__(self, message: str) -> None:
        """Show one line."""


@dg.resource(description="Shows how far the walk is: in the run's log, or on the terminal.")
def progress_in_log(context: dg.InitResourceContext) -> Progress:
    """The progress of a run in the UI: lines of its log."""
    log = context.log

    def show(message: str) -> None:
        if log is not None:
            log.info(message)

    return show


@dg.resource(description="The process that judges the suites; ended with the run.")
def suite_runner(_: dg.InitResourceContext) -> Iterator[SuiteRunner]:
    """One for the whole run: it is started before dbt and asked after it."""
    with SuiteRunner(current_home().root) as runner:
        yield runner
