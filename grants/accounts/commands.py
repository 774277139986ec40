"""`grants role`: the first administrator of a new instance, and what to do when the last one has left."""

from __future__ import annotations

import click

from grants.accounts import actions, queries
from grants.accounts.models import Role
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
