"""Building the demo: the schema, the people, two replays and the invented municipality, then the documents and the files."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from grants.accounts.models import Organisation
from grants.applications.models import Application
from grants.base import audit, clock, documents, files, jobs, signing
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from grants.config import resource
from grants.decisions.models import Decision, Proposal
from grants.demo import chain, divaca, koper, obala, paper, register
from grants.demo.stage import EDITOR, OWNER, PANEL, PASSWORD, STAFF, TOTP_SECRET, Stage
from grants.transparency import bundle
from scoring.bundle import verify_bundle
from scoring.canonical import canonical_json

STEPS = 9 + 5 + 3 + 3 + 7 + 1 + 54 + 5 + 42 + 28 + len(paper.CLUBS)


def is_built(data: Path) -> bool:
    """Whether a data folder holds a complete demo."""
    return (data / "demo" / "complete.json").exists()


def build(app: Flask) -> None:
    """Build everything; the marker of completeness is written last."""
    settings = app.config["SETTINGS"]
    with app.app_context():
        upgrade(directory=str(resource("migrations")))
        now = clock.now()
        stage = Stage()
        # One key for all the years that are replayed, so that each signature lies within the life of its certificate.
        key = settings.data / "secrets" / "signing.p12"
        if settings.signing_p12 is None and not key.exists():
            signing.make_demo_key(key, settings.secret_key, now=clock.parse_local("2017-01-09T08:00:00"), years=20)
        with stage.clock():
            calls = _play(stage, now)
            register.play(stage, settings.data / "demo")
            with click.progressbar(length=len(jobs.waiting(10_000)), label="Mail and documents ") as bar:
                stage.instant = now
                chain.finish_jobs(lambda: bar.update(1))
            summary = [_files_of(call, settings.data / "demo") for call in calls]
        _refuse_leftovers()
        (settings.data / "demo" / "complete.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8")


def _play(stage: Stage, now: Any) -> list[dict[str, Any]]:
    with click.progressbar(length=STEPS, label="People and calls   ") as bar:

        def on_each() -> None:
            bar.update(1)

        stage.at("2017-01-09T09:00:00")
        stage.invite((*STAFF, *PANEL))
        played = [koper.play(stage, on_each), divaca.play(stage, on_each), *obala.play(stage, now, on_each)]
        stage.instant = now - timedelta(hours=len(paper.CLUBS) + 1)
        paper.play(stage, played[-1]["call_id"], on_each)
        stage.instant = now
    return played


def _refuse_leftovers() -> None:
    with unit_of_work(write=False):
        failed = db.session.scalars(select(jobs.Job).where(jobs.Job.finished_at.is_(None))).all()
        if failed:
            raise click.ClickException(f"{len(failed)} jobs failed; the first one says: {failed[0].error}")


def _files_of(call: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Write what a decided call leaves for the public and the case file: its bundle, decisions and receipts."""
    with unit_of_work(write=False):
        found = db.session.get_one(Call, call["call_id"])
        if not call["proposals"]:
            return {**call, "decided": False}
        target = folder / str(call["name"])
        for kind in ("decisions", "receipts"):
            (target / kind).mkdir(parents=True, exist_ok=True)
        data = bundle.of_call(found)
        (target / "bundle.json").write_bytes(canonical_json(data))
        decisions = db.session.scalars(
            select(Decision).join(Decision.award).where(Decision.award.has(proposal_id=call["proposals"][0])).order_by(Decision.id)
        ).all()
        for proposal in call["proposals"][1:]:
            decisions = [
                *decisions,
                *db.session.scalars(select(Decision).where(Decision.award.has(proposal_id=proposal)).order_by(Decision.id)),
            ]
        for decision in decisions:
            _copy(documents.of_subject(decision, "decision"), target / "decisions")
        received = db.session.scalars(
            select(Application).where(Application.call_id == found.id, Application.number.is_not(None)).order_by(Application.id)
        ).all()
        for application in received:
            _copy(documents.of_subject(application, "receipt"), target / "receipts")
        return {**call, "decided": True, "decisions": len(decisions), "receipts": len(received)}


def _copy(papers: list[documents.Document], folder: Path) -> None:
    for one in papers:
        if one.file_sha256 is not None:
            (folder / one.file_name).write_bytes(files.read(one.file_sha256))


def announce(app: Flask, bind: str, *, serving: bool, say: Callable[[str], None] = click.echo) -> None:
    """Print what there is, checked again now: never from what the build believed."""
    data: Path = app.config["SETTINGS"].data
    summary = json.loads((data / "demo" / "complete.json").read_text(encoding="utf-8"))
    with app.app_context(), unit_of_work(write=False):
        counts = [db.session.scalar(select(func.count(model.id))) or 0 for model in (Call, Organisation, Application, Decision)]
        say(f"\nMerila demo in {data}: {counts[0]} calls, {counts[1]} organisations, {counts[2]} applications, {counts[3]} decisions")
        statuses = db.session.execute(
            select(Application.status, func.count(Application.id)).group_by(Application.status).order_by(Application.status)
        ).all()
        say("Applications: " + ", ".join(f"{count} {status}" for status, count in statuses))
        for call in summary:
            if not call["decided"]:
                continue
            result = verify_bundle(json.loads((data / "demo" / call["name"] / "bundle.json").read_text(encoding="utf-8")))
            say(
                f"{call['name']}: {call['decisions']} signed decisions, {call['receipts']} receipts; bundle: {result.checked} awards recomputed, {len(result.differences)} differ"
            )
            if call["compare"]:
                for line in divaca.comparison([db.session.get_one(Proposal, identity) for identity in call["proposals"]]):
                    say(line)
        checked, faults = audit.verify(db.session())
        say(f"Audit record: {checked} rows checked, {len(faults)} faults")
    say(f"Decisions, receipts and bundles: {data / 'demo'}\nMail that was sent: {data / 'mail'}")
    say(f"\nAccounts (password {PASSWORD}; staff add a code from the secret {TOTP_SECRET}, or: ./run grants demo-code):")
    for person in (OWNER, EDITOR, *PANEL, *STAFF):
        say(f"  {person.email:<32} {person.what}")
    say(f"In the invented business register and not entered yet: tax number {register.newcomer_tax_number()}")
    if serving:
        say(f"\nOpen http://{bind}/  (Ctrl-C stops everything)\n")
