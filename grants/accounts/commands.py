"""`grants role`: the first administrator of a new instance. `grants register import`: the business register from an extract."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import click

from grants.accounts import actions, queries
from grants.accounts.models import Role
from grants.accounts.register import importing, reading
from grants.accounts.register.columns import HEADERS
from grants.base import clock
from grants.base.errors import Refused
from grants.base.transaction import unit_of_work


@click.group("role")
def group() -> None:
    """Roles in the office."""


@group.command("add")
@click.argument("email")
@click.argument("role", type=click.Choice([str(role) for role in Role]))
@click.option("--area", default="", help="Only for one area of calls, such as sport; everywhere when left out.")
def add(email: str, role: str, area: str) -> None:
    """Give the account EMAIL a ROLE."""
    with unit_of_work():
        user = queries.find_user(email)
        if user is None:
            raise click.ClickException(f"There is no account {email}. The person registers on the site first.")
        try:
            actions.grant_role(user, Role(role), area=area, by=None)
        except Refused as refusal:
            raise click.ClickException(str(refusal)) from None
    click.echo(f"{email} is now {role}{f' for {area}' if area else ''}. It stands in the audit record.")


@click.group("register")
def register() -> None:
    """The business register."""


@register.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--date", "taken_on", type=click.DateTime(["%Y-%m-%d"]), help="The day of the extract; today when left out.")
@click.option(
    "--column", "columns", multiple=True, metavar="OURS=HEADER", help=f"A column that has another header; ours: {', '.join(HEADERS)}."
)
@click.option(
    "--bad-rows", type=click.Path(dir_okay=False, path_type=Path), help="Write every row that was left out there, with the reason."
)
def import_register(file: Path, taken_on: datetime | None, columns: tuple[str, ...], bad_rows: Path | None) -> None:
    """Make the extract FILE the business register: CSV with ; , or tab, in UTF-8 or Windows-1250."""
    day = clock.today() if taken_on is None else taken_on.date()
    if day > clock.today():
        raise click.ClickException(f"{day} has not come yet. Give the day of the extract with --date, or leave it out for today.")
    if wrong := [one for one in columns if "=" not in one]:
        raise click.ClickException(f"--column {wrong[0]}: write our name, = and the header, such as --column name=NAZIV_ENOTE.")
    try:
        extract = reading.look_at(file, dict(one.split("=", 1) for one in columns))
        done = importing.import_extract(extract, taken_on=day)
    except reading.UnreadableExtract as fault:
        raise click.ClickException(f"{file}: {fault}. Nothing was changed.") from None
    click.echo(f"The register of {day} is in use: {done.units} units; {done.refreshed} organisations were brought to it.")
    for one in done.disagreeing:
        click.echo(f"another tax number than in the register, left as it was typed: {one}")
    click.echo(f"{len(done.bad)} bad rows were left out")
    for bad in done.bad[:_LISTED]:
        click.echo(f"line {bad.line}: {bad.why}")
    if len(done.bad) > _LISTED:
        click.echo(f"and {len(done.bad) - _LISTED} more; --bad-rows FILE writes all of them")
    if bad_rows is not None:
        with bad_rows.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle, lineterminator="\n").writerows([("line", "why"), *((bad.line, bad.why) for bad in done.bad)])


_LISTED = 20
groups = (group, register)
