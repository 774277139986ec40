"""The model rulebooks whole: published, applied to, marked, divided and decided by the product's own actions, and every amount
the one that `python -m scoring` computes from the same facts."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from flask import Flask

from grants.applications import answers
from grants.applications.actions import drafting, office, submitting
from grants.applications.models import Application
from grants.applications.queries import facts_by_application
from grants.applications.states import ApplicationStatus
from grants.base import clock
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from grants.calls.states import CallStatus
from grants.decisions import actions as decisions
from grants.decisions import distribution, lots, queries
from grants.decisions.models import Decision, DrawnLot
from grants.evaluation import facts
from grants.evaluation import queries as evaluations
from grants.evaluation.actions import agreeing, appointing, collecting, marking
from grants.evaluation.facts import Judged
from grants.evaluation.models import Evaluation
from grants.transparency import bundle
from scoring.files import Applicants, read_applicants
from scoring.money import number, number_text
from scoring.rulebook import Rulebook, Track
from tests.applications.answers import needed_files, valid_answers
from tests.calls.builders import at, make_call
from tests.decisions.builders import Applicant, make_applicant_owner, make_user, officer, officer_in_session, signer_in_session
from tests.scoring.test_cases import cases_of

ROOT = Path(__file__).parents[2] / "rulebooks"
REASON = {"sl": "Opis programa ne pove, kdo ga izvaja.", "it": "La descrizione non dice chi realizza il programma."}


def stated(value: Any) -> Any:
    """What the applicant stated, without what the office found out about it: nobody verifies anything in this test."""
    if isinstance(value, dict):
        return stated(value["value"]) if "value" in value else {key: stated(one) for key, one in value.items()}
    return [stated(one) for one in value] if isinstance(value, list) else value


def read_cases(rulebook: Rulebook, at_path: Path) -> list[Applicants]:
    """The applicants of the worked cases beside a rulebook."""
    found = []
    for number_of, case in enumerate(cases_of(ROOT / rulebook.id / "cases.yaml")):
        data = case["facts"] | {"applicants": [one | {"facts": stated(one["facts"])} for one in case["facts"]["applicants"]]}
        path = at_path / f"case-{number_of}.yaml"
        path.write_text(yaml.safe_dump(data, allow_unicode=True, default_style='"', sort_keys=False), encoding="utf-8")
        found.append(read_applicants(str(path), rulebook))
    return found


def filled(track: Track, given: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a case, with an answer to whatever the form asks besides: the same for all, so that equals stay equal."""
    rows = valid_answers(track, Random(7))
    whole = dict(given)
    for fact in track.facts:
        if fact.kind == "table" and given.get(fact.id):
            spare = (rows[fact.id] or [{}])[0]
            whole[fact.id] = [{**spare, **{key: cell for key, cell in row.items() if cell is not None}} for row in given[fact.id]]
    return valid_answers(track, Random(7), **{key: value for key, value in whole.items() if value is not None})


def apply_all(call: Call, cases: list[Applicants], tracks: Mapping[str, str]) -> dict[int, tuple[str, Applicants]]:
    """Everybody of the cases applies who meets the conditions of the form; by application who it is."""
    applied = {}
    for place, case in enumerate(cases):
        for name, given in case.facts.items():
            track = call.rulebook.track(tracks[name])
            owner, organisation = make_applicant_owner(Applicant(f"{name} {place}"))
            with contextlib.suppress(Refused), at(call.closes_at - timedelta(days=3) + timedelta(minutes=len(applied))), unit_of_work():
                person = db.session.merge(owner)
                own = db.session.get_one(Call, call.id)
                application = drafting.start(own, track.id, db.session.merge(organisation), by=person, language="sl")
                db.session.flush()
                drafting.save(application, filled(track, given), version=application.version, by=person)
                for fact, upload in needed_files(track):
                    drafting.attach(application, fact, upload, by=person)
                submitting.submit(application, by=person)
                db.session.flush()
                applied[application.id] = (name, case)
            db.session.rollback()
    return applied


def mark_of(case: Applicants, name: str, pot: str, judged: Judged, member: int) -> str:
    """The mark of the case, or one that follows from who, what and whom."""
    for entry in case.entries.get(pot, []):
        own = [
            mark for mark in entry.marks if entry.applicant == name and (mark.criterion, mark.item) == (judged.criterion.id, judged.item)
        ]
        if own:
            return number_text(own[member % len(own)].points)
        for one in entry.agreements:
            if entry.applicant == name and (one.criterion, one.item) == (judged.criterion.id, judged.item) and one.points is not None:
                return number_text(one.points)
    most = judged.criterion.maximum or number(0)
    steps = int(most / judged.criterion.step)
    return number_text(Random(f"{name} {judged.key} {member}").randint(0, steps) * judged.criterion.step)


def evaluate(call: Call, pot: str, applied: Mapping[int, tuple[str, Applicants]]) -> None:
    """The panel marks one pot, agrees and concludes."""
    with unit_of_work():
        try:
            started = collecting.start_evaluation(db.session.get_one(Call, call.id), pot, by=officer_in_session())
        except Refused:
            return  # nobody applied
        db.session.flush()
        board = evaluations.board_of(started)
        judged = {one.id: facts.judged_in(board, one) for one in board.applications}
        if board.pot.panel_criteria:
            for place, seat in enumerate(started.panel.members):
                for application in board.applications:
                    name, case = applied[application.id]
                    sheet = marking.open_sheet(started, seat, application, by=seat.user)
                    marks = {one.key: (mark_of(case, name, pot, one, place), REASON["sl"]) for one in judged[application.id]}
                    marking.save_marks(sheet, marks, comment="", version=sheet.version, by=seat.user)
                    marking.finish(sheet, by=seat.user)
            for application in board.applications:
                name, case = applied[application.id]
                for one in judged[application.id]:
                    points = mark_of(case, name, pot, one, 0) if board.pot.aggregation == "agreed" else None
                    agreeing.agree(started, application, one.key, points=points, reason=REASON, by=started.panel.members[0].user)
    with unit_of_work():
        again = db.session.get_one(Evaluation, started.id)
        agreeing.conclude(again, session_on=clock.today(), by=again.panel.members[0].user)


def settle(call: Call, pots: list[str]) -> None:
    """The officer computes; a lot is drawn where one is needed. The signer adopts and issues."""
    for _attempt in range(4):
        with unit_of_work():
            tie = lots.tie_of(db.session.get_one(Call, call.id), pots)
            if tie is None:
                break
            drawn = lots.Drawn(
                {one.key: str(len(tie.tied) - place) for place, one in enumerate(tie.tied)}, "Sejna soba", "Predsednica", "Komisija"
            )
            decisions.record_lot(db.session.get_one(Call, call.id), pots, drawn, drawn_on=clock.today(), by=officer_in_session())
    with unit_of_work():
        proposal = decisions.prepare(db.session.get_one(Call, call.id), pots, by=officer_in_session())
    with unit_of_work():
        decisions.adopt(queries.get_proposal(proposal.id), by=signer_in_session())
    with unit_of_work():
        decisions.issue_all(queries.get_proposal(proposal.id), by=signer_in_session())


def facts_file(call: Call) -> dict[str, Any]:
    """What the call was decided on, as the file that `python -m scoring` reads."""
    keys = distribution.keys_of(call)
    found: dict[str, Any] = {"applicants": []}
    by_key = {
        keys[one.id]: one for one in db.session.scalars(db.select(Application).where(Application.call_id == call.id)) if one.id in keys
    }
    given = facts_by_application([one.id for one in by_key.values()])
    boards = {one.pot: evaluations.board_of(one) for one in evaluations.evaluations_of(call)}
    for key, application in sorted(by_key.items()):
        track = call.rulebook.track(application.track)
        kinds = {fact.id: fact for fact in track.facts if fact.kind != "file"}
        told = {
            name: answers.as_typed(kinds[name], value)
            for name, value in given[application.id].items()
            if name in kinds and value is not None
        }
        pots = {}
        for pot in track.pots:
            board = boards[pot.id]
            sheets = evaluations.collected(board, [application])[application.id]
            agreed = evaluations.agreements_in(board.evaluation, [application])[application.id].values()
            pots[pot.id] = {
                "marks": [
                    {"member": mark.member, "criterion": mark.criterion, "points": number_text(mark.points)} | ({"item": mark.item} if mark.item else {})
                    for mark in facts.marks_of(sheets)
                ],
                "agreements": [
                    {"criterion": one.criterion, "reason": one.reason} | ({"points": one.points} if one.points else {}) | ({"item": one.item} if one.item else {})
                    for one in agreed
                ],
            }  # fmt: skip
        found["applicants"].append({"id": key, "track": track.id, "facts": told, "pots": pots})
    drawn = {keys[one.application_id]: str(one.place) for lot in queries.lots_of(call) for one in lot.places}
    return found | ({"lots": drawn} if drawn else {})


@pytest.mark.parametrize("name", ["model-ngo", "model-sport", "model-culture"])
def test_a_model_rulebook_is_carried_out_whole(app: Flask, tmp_path: Path, name: str) -> None:
    now = clock.now()
    times = {"opens_at": now - timedelta(days=40), "closes_at": now - timedelta(days=20), "opening_at": now - timedelta(days=19)}
    call = make_call("published", rulebook=name, by=officer(), **times)
    raw = [one for case in cases_of(ROOT / name / "cases.yaml") for one in case["facts"]["applicants"]]
    tracks = {one["id"]: one.get("track", call.rulebook.tracks[0].id) for one in raw}
    cases = read_cases(call.rulebook, tmp_path)[:3]
    if name == "model-ngo":  # the projects three times over: where the money ends there are equals
        cases += cases[1:2] * 2
    applied = apply_all(call, cases, tracks)
    members = [make_user(f"clanica{number_of}@obala.example", name=f"Članica {number_of}") for number_of in (1, 2, 3)]
    with at(now - timedelta(days=18)), unit_of_work():
        opened = db.session.get_one(Call, call.id)
        office.open_call(opened, by=officer_in_session())
        people = [db.session.merge(member) for member in members]
        for seat in appointing.appoint(opened, people, chair=people[0], by=officer_in_session()).members:
            db.session.flush()
            appointing.declare(seat, {}, statement="", by=seat.user)
    pots = [pot.id for _track, pot in call.rulebook.pots()]
    for pot in pots:
        evaluate(call, pot, applied)
    settle(call, pots)

    call = db.session.get_one(Call, call.id)
    assert call.status == CallStatus.CONCLUDED
    statuses = {one.status for one in db.session.scalars(db.select(Application).where(Application.id.in_(list(applied))))}
    assert statuses == {ApplicationStatus.DECIDED} and len(applied) > 8
    keys = distribution.keys_of(call)
    decided = {(one.award.pot, keys[one.application_id]): one.amount_cents for one in db.session.scalars(db.select(Decision))}
    assert any(decided.values())
    path = tmp_path / "facts.yaml"
    path.write_text(yaml.safe_dump(facts_file(call), allow_unicode=True, default_style='"', sort_keys=False), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "scoring", "allocate", str(ROOT / name / "rulebook.yaml"), str(path), "--json"], capture_output=True, text=True, check=True
    )  # fmt: skip
    computed = {
        (one["pot"], award["applicant"]): award["amount_cents"] for one in json.loads(done.stdout)["results"] for award in one["awards"]
    }
    assert decided == computed
    file = tmp_path / "bundle.json"
    file.write_bytes(bundle.file_of(call).data)
    verified = subprocess.run([sys.executable, "-m", "scoring", "verify", str(file)], capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    if name == "model-ngo":
        assert db.session.scalars(db.select(DrawnLot)).all(), "equals needed a lot"
        assert any("#" in line.criterion for one in db.session.scalars(db.select(Decision)) for line in one.lines)
