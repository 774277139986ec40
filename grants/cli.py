"""The command line: `./run grants ...`, or `grants ...` where the wheel is installed. Each stage brings its own group."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grants.config import ConfigurationError, data_folder

if TYPE_CHECKING:
    from flask import Flask


def _app() -> Flask:
    from grants.app import create_app

    return create_app()


def _with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    from functools import wraps

    @wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> Any:
        from grants.base.language import in_language

        with _app().app_context(), in_language("en"):
            return command(*arguments, **options)

    return wrapped


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Merila: grants of a municipality, from the published call to the signed decision."""


@cli.command()
@click.option("--once", is_flag=True, help="Build everything, print a summary and exit.")
@click.option("--fresh", is_flag=True, help="Throw the data folder away and start again.")
@click.option("--bind", default="127.0.0.1:8000", show_default=True)
def demo(once: bool, fresh: bool, bind: str) -> None:
    """Build the demo municipality, replay real calls, and serve it."""
    from grants.demo.build import announce, build, is_built

    data = data_folder()
    ours = (data / "grants.sqlite3").exists() or (data / "secrets").exists()
    if fresh and data.exists():
        if any(data.iterdir()) and not ours:
            raise click.ClickException(f"{data} does not look like a data folder of ours; remove it yourself if you mean it.")
        shutil.rmtree(data)
    if data.exists() and any(data.iterdir()) and not is_built(data):
        raise click.ClickException(
            f"{data} holds data that is not a complete demo. It is never overwritten. "
            "Choose another folder with GRANTS_DATA, or start afresh with --fresh."
        )
    os.environ.setdefault("GRANTS_SERVED_AT", bind)  # what its documents and messages lead to
    app = _app()
    if is_built(data):
        click.echo(f"The demo in {data} is there already (start afresh with --fresh).")
    else:
        build(app)
    announce(app, bind, serving=not once)
    if not once:
        from grants.serving import serve as serve_forever

        sys.exit(serve_forever(bind))


@cli.command("demo-code")
def demo_code() -> None:
    """Print the code of the second factor that the staff of the demo share."""
    import pyotp

    from grants.demo.stage import TOTP_SECRET

    click.echo(pyotp.TOTP(TOTP_SECRET).now())


@cli.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address; put a reverse proxy with TLS in front of it.")
@click.option("--workers", type=int, help="Web processes; one for each core unless told otherwise.")
def serve(bind: str, workers: int | None) -> None:
    """Serve the data in $GRANTS_DATA: web workers and the job worker together."""
    from grants.serving import serve as serve_forever

    with _app().app_context():
        _upgrade()
    sys.exit(serve_forever(bind, workers))


@cli.command()
def worker() -> None:
    """Run the job worker alone (for installations that start the web server themselves)."""
    from grants.base.jobs import work_forever

    work_forever(_app())


def _upgrade() -> None:
    from grants.base import schema

    schema.upgrade()


@cli.command("upgrade")
@_with_app
def upgrade_command() -> None:
    """Bring the database to the schema of this version."""
    _upgrade()
    click.echo("The database is at the schema of this version.")


@cli.command()
@_with_app
def check() -> None:
    """Walk the invariants of the data: statuses and events, pots, documents, the audit chain."""
    from grants.checks import run_checks

    sys.exit(run_checks(click.echo))


@cli.group()
def audit() -> None:
    """The audit record."""


@audit.command()
@_with_app
def verify() -> None:
    """Check the whole record: finds any row that was edited, deleted, inserted or reordered."""
    from grants.base.audit import verify as verify_record
    from grants.base.db import db
    from grants.base.transaction import unit_of_work

    with unit_of_work(write=False):
        checked, faults = verify_record(db.session())
    for fault in faults:
        click.echo(f"row {fault.position}: {fault.what}")
    click.echo(
        f"{checked} rows checked: position, hash of content, hash of the row before, and the head of the record; {len(faults)} faults"
    )
    sys.exit(1 if faults else 0)


def _stage_commands() -> None:
    for stage in ("accounts", "calls", "applications", "evaluation", "decisions", "transparency"):
        if (Path(__file__).parent / stage / "commands.py").exists():
            room = import_module(f"grants.{stage}.commands")
            groups: tuple[click.Command, ...] = getattr(room, "groups", None) or (room.group,)
            for brought in groups:
                for command in brought.commands.values() if isinstance(brought, click.Group) else (brought,):
                    if command.callback is not None:
                        command.callback = _with_app(command.callback)
                cli.add_command(brought)


def main() -> None:
    """Entry point of `grants`."""
    _stage_commands()
    try:
        cli(prog_name="grants")
    except ConfigurationError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
