"""The `rollbook` command.

Exit codes: 0 all well; 1 the run failed, or a blocking check stopped it, and its line says what
became of the published roster (it stays as it was unless the line says otherwise); 2 wrong usage or
configuration, nothing was started; 3 the run ended and published, but a district is not completely
synced or the application's data could not be read; 129, 130 and 143 stopped by a terminal that was
closed, Ctrl-C or SIGTERM. Output that cannot be written changes none of these.
"""

from __future__ import annotations

import atexit
import os
from typing import Any, NoReturn

import typer

from dlt_sources.errors import RollbookError
from orchestration.commands.certifying import certify, sandbox
from orchestration.commands.checking import application
from orchestration.commands.exporting import export
from orchestration.commands.matching import matches
from orchestration.commands.publishing import publish
from orchestration.commands.rebuilding import rebuild
from orchestration.commands.reporting import report
from orchestration.commands.retiring import retire
from orchestration.commands.retracting import retract
from orchestration.commands.standing import status
from orchestration.commands.syncing import sync
from orchestration.lib.interrupts import Interrupts
from orchestration.lib.memory import use_few_arenas
from orchestration.lib.output import Output
from orchestration.lib.terminal import complain

#: What typer makes of KeyboardInterrupt, whichever signal it was.
_INTERRUPTED = 130

app = typer.Typer(
    name="rollbook",
    help=__doc__,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for command in (sync, status, report, export, publish, rebuild, retract, retire, certify, sandbox):
    app.command()(command)
app.add_typer(application, name="application")
app.add_typer(matches, name="matches")


def main() -> None:
    """Run the command and end the process with the documented exit code."""
    output = Output()
    use_few_arenas()
    interrupts = Interrupts()
    try:
        app()
        code: Any = 0
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            complain("rollbook: stopped.")
        code = interrupts.exit_code() if end.code in (1, _INTERRUPTED) else end.code
    except RollbookError as error:
        complain(f"rollbook: {error}")
        code = interrupts.exit_code() if error.exit_code == 1 else error.exit_code
    except KeyboardInterrupt:
        complain("rollbook: stopped.")
        code = interrupts.exit_code()
    _leave(output, code if isinstance(code, int) else 1)


def _leave(output: Output, code: int) -> NoReturn:
    """End the process without taking the libraries apart, which would take most of a second."""
    atexit._run_exitfuncs()
    output.finish()
    os._exit(code)


if __name__ == "__main__":
    main()
