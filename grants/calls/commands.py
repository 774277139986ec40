"""`grants call …`: lint a rulebook and publish a call from files."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import yaml

from grants.accounts.queries import find_user
from grants.base import files
from grants.base.errors import Refused
from grants.base.language import in_language
from grants.base.transaction import unit_of_work
from grants.calls import queries
from grants.calls.actions import drafting, publishing
from grants.calls.periods import NoSuchTime, instant_of

TIMES = ("opens_at", "closes_at", "opening_at")
PLAIN = ("reference", "title", "area", "regime", "kind", "languages", "content", "budget_line")
LIMITS = ("largest_file_mb", "largest_total_mb")
OPTIONAL = ("decisions_due", "acknowledged", "decider", "remedy", "documents", *LIMITS)
existing = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("call")
def group() -> None:
    """Calls: rulebooks, publication."""


@group.command()
@click.argument("file", type=existing)
def lint(file: Path) -> None:
    """Check a rulebook: every error and warning with line and column. Exit 1 if it has errors."""
    rulebook, review = queries.review_text(_read(file), {}, file.name)
    for finding in (*review.errors, *review.warnings):
        click.echo(
            f"{file}:{finding.line}:{finding.column}: {finding.severity}: {finding.path}: {finding.message}. {finding.advice} [{finding.code}]"
        )
    if rulebook is not None:
        click.echo(f"{rulebook.id} {rulebook.version}, SHA-256 {rulebook.sha256}")
    click.echo(f"{len(review.errors)} errors, {len(review.warnings)} warnings")
    sys.exit(1 if review.errors else 0)


@group.command()
@click.argument("file", type=existing)
@click.option("--content", type=existing, required=True, help="YAML: reference, title, area, dates, text of the call and so on.")
@click.option("--by", "email", required=True, help="E-mail address of the call officer who publishes.")
@click.option("--draft", is_flag=True, help="Only save the draft; look at it in the browser and publish there.")
def publish(file: Path, content: Path, email: str, draft: bool) -> None:
    """Publish a call from a rulebook FILE and the text in --content."""
    data = _call_data(content)
    documents = data.pop("documents", [])
    try:
        with in_language("en"), unit_of_work():
            officer = find_user(email)
            if officer is None:
                raise click.ClickException(f"There is no account {email}. Make it first, and give it the role of call officer.")
            call = drafting.draft_call(by=officer, rulebook_text=_read(file), **data)
            for document in documents:
                path = content.parent / document["file"]
                with path.open("rb") as stream:
                    upload = files.check_upload(stream, path.name, drafting.DOCUMENT_KINDS)
                drafting.add_document(call, upload, title=document["title"], by=officer)
            if not draft:
                publishing.publish(call, by=officer)
            said = f"call {call.id}, {call.reference}: {'draft saved' if draft else 'published'}, rules SHA-256 {call.rulebook_sha256}"
    except drafting.RulebookRefused as refusal:
        places = "\n".join(f"{file}:{one.line}:{one.column}: {one.message}. {one.advice}" for one in refusal.findings)
        raise click.ClickException(f"{refusal.message}\n{places}") from None
    except Refused as refusal:
        raise click.ClickException(" ".join([str(refusal.message), *map(str, refusal.fields.values())])) from None
    click.echo(said)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise click.ClickException(f"{path} is not UTF-8 text. A rulebook is a YAML text file.") from None


def _call_data(path: Path) -> dict[str, Any]:
    try:
        data = yaml.load(_read(path), Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes texts only
    except yaml.YAMLError as error:
        raise click.ClickException(f"{path} is not readable YAML: {error}") from None
    if not isinstance(data, dict):
        raise click.ClickException(f"{path} holds no mapping.")
    missing = [name for name in (*PLAIN, *TIMES) if name not in data]
    unknown = [name for name in data if name not in (*PLAIN, *TIMES, *OPTIONAL)]
    if missing or unknown:
        raise click.ClickException(f"{path}: missing: {', '.join(missing) or 'nothing'}; not known: {', '.join(unknown) or 'nothing'}.")
    for name in TIMES:
        try:
            data[name] = instant_of(datetime.fromisoformat(data[name]))
        except NoSuchTime as error:
            raise click.ClickException(f"{path}: {name}: {error}. Choose another time.") from None
        except ValueError:
            raise click.ClickException(f"{path}: {name}: write local time, such as 2026-05-04 12:00:00.") from None
    for name in LIMITS:
        if name in data and not data[name].isdecimal():
            raise click.ClickException(f"{path}: {name}: write whole megabytes, such as 20.")
        data |= {name: int(data[name])} if name in data else {}
    due = data.get("decisions_due")
    data["decisions_due"] = date.fromisoformat(due) if due else None
    return data
