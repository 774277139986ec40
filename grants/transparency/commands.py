"""`grants bundle CALL FILE`: the result of a call as a file that anybody can recompute."""

from __future__ import annotations

from pathlib import Path

import click

from grants.base.transaction import unit_of_work
from grants.calls.queries import find_call
from grants.transparency import bundle


@click.command("bundle")
@click.argument("reference", metavar="CALL")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def group(reference: str, file: Path) -> None:
    """Write the result bundle of the call with the reference CALL ("671-3/2026") to FILE."""
    with unit_of_work(write=False):
        call = find_call(reference)
        if call is None:
            raise click.ClickException(f"There is no call {reference}. The reference stands on the page of the call.")
        made = bundle.find_file(call)
    if made is None:
        raise click.ClickException(f"No pot of {reference} is decided whole yet; the bundle is there once all its decisions are issued.")
    file.write_bytes(made.data)
    click.echo(f"{file}: {len(made.data)} bytes, SHA-256 {made.sha256}. Check it with: python -m scoring verify {file}")
