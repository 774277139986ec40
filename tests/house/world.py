"""A small municipality in full swing, made by the demo's own steps, and what each role is answered at each address in it."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import exists, select
from werkzeug.routing import Rule

from grants.accounts import actions as accounts
from grants.accounts import vault
from grants.accounts.models import Dispute, Membership, Organisation, Role, StaffRole, VaultDocument
from grants.accounts.queries import find_unit, find_user
from grants.accounts.register import disputes
from grants.applications.actions import drafting as applications
from grants.applications.actions import paper as papers
from grants.applications.actions import partnering
from grants.applications.models import Application
from grants.base import clock, documents, files, jobs
from grants.base.access import rule_of
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.actions import drafting
from grants.calls.models import Call
from grants.decisions.models import Award, Decision, DecisionLine, Proposal
from grants.demo import koper, numbers, obala, register
from grants.demo.stage import CHAIR, EDITOR, INTAKE, MEMBER, OFFICER, OWNER, PANEL, STAFF, TOTP_SECRET, Person, Stage
from grants.desk.actions import make_calendar_address
from grants.desk.models import CalendarAddress
from grants.evaluation.models import Evaluation, MemberSheet
from tests.applications.answers import small_pdf
from tests.applications.joint import RULEBOOK
from tests.calls.builders import make_call
from tests.conftest import NOW, build_app, make_schema, sign_in

STRANGER = Person("tujec@obala.example", "Tina Tujec", "sl")
OTHER_OFFICER = Person("mladina@obala.example", "Matej Mladina", "sl", Role.OFFICER)
BY_ROLE: dict[str, Person | None] = {
    "anonymous": None, "stranger": STRANGER, "editor": EDITOR, "owner": OWNER, "member": MEMBER, "chair": CHAIR, "officer": OFFICER,
    "other_officer": OTHER_OFFICER, **{str(person.role): person for person in STAFF if person.role != Role.OFFICER},
}  # fmt: skip
ROLES = tuple(BY_ROLE)


@dataclass
class World:
    """The app, the ids by argument name, and the way back to the beginning."""

    app: Flask
    folder: Path
    ids: dict[str, Any]
    by_endpoint: dict[str, dict[str, Any]]

    def rules(self) -> list[Rule]:
        """Every address of the product, but for static files."""
        return sorted((r for r in self.app.url_map.iter_rules() if r.endpoint != "static"), key=lambda r: (r.rule, sorted(r.methods or ())))

    def addresses(self) -> list[str]:
        """Method and path of every address."""
        return [f"{method} {self.path(rule)}" for rule in self.rules() for method in self.methods(rule)]

    def methods(self, rule: Rule) -> list[str]:
        """GET and POST, as far as the address answers them."""
        return [method for method in ("GET", "POST") if method in (rule.methods or ())]

    def path(self, rule: Rule) -> str:
        """The path, with the languages in short."""
        return rule.rule.replace("<any(sl,it,en):lang>", "<lang>")

    def rule(self, address: str) -> str:
        """The name of the rule that an address declared."""
        found = next(r for r in self.rules() for m in self.methods(r) if f"{m} {self.path(r)}" == address)
        declared = rule_of(self.app, found.endpoint)
        return declared.name if declared else ""

    def url(self, rule: Rule) -> str:
        """The address with the ids of this world filled in."""
        ids = {"lang": "sl", "text_language": "it"} | self.ids | self.by_endpoint.get(rule.endpoint, {})
        return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda match: str(ids[match[1]]), rule.rule)

    def restore(self) -> None:
        """As it was when the world was made."""
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()
        for leftover in ("grants.sqlite3-wal", "grants.sqlite3-shm"):
            (self.folder / leftover).unlink(missing_ok=True)
        shutil.copy(self.folder / "snapshot.sqlite3", self.folder / "grants.sqlite3")


def answers_of(world: World, role: str) -> dict[str, str]:
    """The status that one role gets at every address; forms are sent empty."""
    person = BY_ROLE[role]
    found: dict[str, str] = {}
    for rule in world.rules():
        for method in world.methods(rule):
            client = world.app.test_client()
            if person is not None:
                sign_in(client, find_user(person.email))
            response = client.open(world.url(rule), method=method)
            found[f"{method} {world.path(rule)}"] = str(response.status_code)
            if method == "POST" and response.status_code < 400:
                world.restore()
    return found


def build(folder: Path) -> World:
    """Make the world; the clock stands at the tests' Monday morning."""
    app = build_app(folder, f"sqlite:///{folder / 'grants.sqlite3'}")
    make_schema(app)
    with app.app_context():
        stage, now = Stage(), clock.parse_local(NOW)
        with stage.clock():
            stage.at("2017-01-09T09:00:00")
            stage.invite((*STAFF, *PANEL))
            decided = koper.play(stage, lambda: None)
            culture, ngo, sport = obala.play(stage, now, lambda: None, size=4)
            with stage.step():
                accounts.create_user(email=STRANGER.email, password="Merila-obala-2026", name=STRANGER.name, language="sl", confirmed=True)
                other = accounts.create_user(
                    email=OTHER_OFFICER.email,
                    password="Merila-obala-2026",
                    name=OTHER_OFFICER.name,
                    language="sl",
                    confirmed=True,
                    totp_secret=TOTP_SECRET,
                )
                db.session.flush()
                accounts.grant_role(other, Role.OFFICER, area="youth", by=None)
            with stage.step():
                text = (Path(__file__).parents[2] / "rulebooks/obala-sport-2026/rulebook.yaml").read_text(encoding="utf-8")
                details = obala._details("obala-sport-2026", obala._noon(now, 5), obala._noon(now, 30), obala._noon(now, 31))
                draft = drafting.draft_call(by=stage.user(OFFICER), rulebook_text=text, **(details | {"reference": "671-99/2026"}))
                db.session.flush()
                draft_id = draft.id
            register.play(stage, folder)
            _kept(stage)
        with unit_of_work():
            clerk = find_user(INTAKE.email)
            owned = find_user(OWNER.email)
            assert clerk is not None and owned is not None
            sport_call = db.session.get_one(Call, sport["call_id"])
            paper = papers.transcribe(
                sport_call, "operating", owned.memberships[0].organisation, by=clerk, language="sl", delivery="in_person",
                arrived_at=now, handed_on=None, signed=True,
            )  # fmt: skip
            papers.add_scan(paper, "", small_pdf("vloga.pdf", "world"), by=clerk)
            ids_of_paper = {"paper_id": paper.id, "scan_id": paper.scans[0].id}
            accounts.enter_from_paper(
                by=clerk, name="Društvo s papirja", legal_form="association", tax_number=numbers.tax_number(424242),
                registration_number=numbers.registration_number(424242), iban="", street="Obala 9", postcode="6399", place="Pristan", email="",
                representative="Jože Papir", language="sl",
            )  # fmt: skip
        ids_of_paper |= _joint()
        for identity in jobs.waiting(2000):
            if db.session.get_one(jobs.Job, identity).kind == "applications.confirm_submission":
                db.session.rollback()
                jobs.perform(identity)
        with unit_of_work(write=False):
            ids = _ids(decided["call_id"], culture["call_id"], sport["call_id"], draft_id) | ids_of_paper
            mine = ("partner_list", "change_partner", "remove_partner")
            ids["by_endpoint"] |= {f"applications.{name}": {"application_id": ids["joint_id"]} for name in mine}
        for identity in jobs.waiting(2000):  # the documents that addresses of this world name
            job = db.session.get_one(jobs.Job, identity)
            if job.kind == "documents.render" and job.argument in ids["rendered"]:
                jobs.perform(identity)
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        db.engine.dispose()
    shutil.copy(folder / "grants.sqlite3", folder / "snapshot.sqlite3")
    return World(app, folder, ids, ids.pop("by_endpoint"))


def _kept(stage: Stage) -> None:
    """What the first organisation of the owner has: a document in its vault, and a note on the register."""
    with stage.step():
        owner = stage.user(OWNER)
        organisation = owner.memberships[0].organisation
        upload = files.check_upload(BytesIO(b"%PDF-1.7\nstatut\n%%EOF"), "statut.pdf")
        vault.keep_document(organisation, upload, kind="statute", title="Statut", year=2019, expires_on=None, by=owner)
        disputes.raise_dispute(organisation, what="name", text="Ime je zapisano z napako.", by=owner)
        make_calendar_address(organisation, by=owner)


def _joint() -> dict[str, int]:
    """A joint draft of two organisations of the owner: one applies, the other was asked."""
    officer = find_user(OFFICER.email)
    assert officer is not None
    call_id = make_call(rulebook=RULEBOOK, area="culture", regime="culture", by=officer).id
    with unit_of_work():
        owner = find_user(OWNER.email)
        assert owner is not None
        lead, other = (membership.organisation for membership in owner.memberships[:2])
        application = applications.start(db.session.get_one(Call, call_id), "programme", lead, by=owner, language="sl")
        partner = partnering.name_partner(
            application, tax_number=other.tax_number, name=other.name, email=other.email, task="Pripravi oder in luči.", by=owner
        )  # fmt: skip
        return {"joint_id": application.id, "partner_id": partner.id}


def _ids(decided: int, culture: int, sport: int, draft: int) -> dict[str, Any]:
    owner = find_user(OWNER.email)
    officer = find_user(OFFICER.email)
    assert owner is not None and officer is not None
    mine = [membership.organisation_id for membership in owner.memberships]
    in_call = select(Application.id).where(Application.organisation_id.in_(mine))
    one = db.session.scalars
    evaluation = one(select(Evaluation.id).where(Evaluation.pot == "project")).one()
    scored = one(select(MemberSheet.application_id).where(MemberSheet.evaluation_id == evaluation)).first()
    decision = one(select(Decision).order_by(Decision.id)).first()
    assert decision is not None
    submitted = one(in_call.where(Application.call_id == culture)).first()
    papers = documents.of_subject(decision)
    receipt = next(iter(documents.of_subject(db.session.get_one(Application, submitted))), None)
    membership = one(select(Membership.id).where(Membership.organisation_id == mine[0], Membership.user_id != owner.id)).first()
    return {
        "call_id": culture, "application_id": submitted, "organisation_id": mine[0], "track_id": "project", "track": "project", "pot": "project",
        "user_id": officer.id, "role_id": one(select(StaffRole.id).where(StaffRole.user_id == officer.id)).first(), "membership_id": membership or 0,
        "invitation_id": 0, "evaluation_id": evaluation, "member_id": 0, "proposal_id": one(select(Proposal.id).where(Proposal.call_id == culture)).first(),
        "decision_id": decision.id, "award_id": one(select(Award.id).where(Award.id == decision.award_id)).one(), "message_id": 1, "attachment_id": 0,
        "line_id": one(select(DecisionLine.id).where(DecisionLine.decision_id == decision.id)).first(), "document_id": receipt.id if receipt else 0,
        "key": one(select(CalendarAddress.key)).one(), "token": "x", "filename": "x", "place": "performances", "sha256": "0" * 64,
        "rendered": {papers[0].id if papers else 0, receipt.id if receipt else 0, *(one.id for one in documents.of_subject(db.session.get_one(Call, sport), "form"))},
        "by_endpoint": _by_endpoint(decided, sport, draft, one(in_call.where(Application.call_id == sport)).first(), scored),
    }  # fmt: skip


def _by_endpoint(decided: int, sport: int, draft: int, open_application: Any, scored: Any) -> dict[str, dict[str, Any]]:
    drafts = ("draft_page", "edit_details", "edit_text", "replace_rulebook", "acknowledge_warning", "add_document", "publish_call")
    editing = (
        "edit_application",
        "submit_application",
        "withdraw_application",
        "resume_application",
        "merge_drafts",
        "answers_now",
        "autosave_application",
        "upload_attachment",
    )
    chosen: dict[str, dict[str, Any]] = {f"calls.{name}": {"call_id": draft, "language": "sl", "document_id": 0} for name in drafts}
    chosen |= {f"applications.{name}": {"application_id": open_application} for name in editing}
    chosen["applications.new_application"] = {"call_id": sport, "track_id": "operating"}
    chosen |= {f"calls.{name}": {"call_id": sport, "track_id": "operating"} for name in ("form_page", "form_paper")}
    chosen["applications.new_paper_application"] = {"call_id": sport, "track_id": "operating"}
    chosen |= {f"applications.{name}": {"call_id": sport} for name in ("paper_list", "extend_deadline")}
    chosen |= {
        f"evaluation.{name}": {"application_id": scored}
        for name in ("scoring", "save_sheet", "reopen_sheet", "report_conflict", "collected_sheet", "agree", "attachment")
    }
    kept = db.session.scalars(select(VaultDocument.id)).one()
    chosen |= {f"accounts.{name}": {"document_id": kept} for name in ("replace_document", "remove_document", "vault_file")}
    chosen |= {
        "accounts.invite_first_owner": {
            "organisation_id": db.session.scalars(
                select(Organisation.id).where(~exists().where(Membership.organisation_id == Organisation.id))
            ).one()
        },
        "accounts.answer_dispute": {"dispute_id": db.session.scalars(select(Dispute.id)).one()},
        "accounts.confirm_organisation": {"number": find_unit(register.newcomer_tax_number()).registration_number},  # type: ignore[union-attr]
    }
    return chosen | {f"transparency.{name}": {"call_id": decided} for name in ("results_page", "award_page", "bundle_download")}
