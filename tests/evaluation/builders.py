"""Evaluations for tests, reached by the product's own actions. A builder commits, so call it outside of a unit of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from grants.accounts.models import Membership, Organisation, User
from grants.applications.actions import office
from grants.applications.models import Application
from grants.base import clock
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from grants.evaluation import queries
from grants.evaluation.actions import agreeing, appointing, collecting, marking
from grants.evaluation.models import Evaluation, MemberSheet, Panel, PanelMember
from tests.applications.builders import make_application, make_organisation, make_person
from tests.calls.builders import at, make_call, make_officer

RULEBOOK = (Path(__file__).parent / "panel.yaml").read_text(encoding="utf-8")
WORK, COSTS, PROJECTS = "operating.work", "operating.costs", "project.all"
REASON = "Načrt dela ne pove, kdo bo vodil vadbo."
JOINT = {"sl": "Načrt je dober, vodje pa niso navedeni.", "it": "Il piano è buono, ma i responsabili non sono indicati."}
_numbers = count(1)


@dataclass
class Scene:
    """A call under evaluation, by ids: what tests load again in each unit of work."""

    call_id: int
    member_ids: list[int]
    application_ids: list[int]
    owners: list[int] = field(default_factory=list)

    @property
    def call(self) -> Call:
        """The call."""
        return db.session.get_one(Call, self.call_id)

    @property
    def panel(self) -> Panel:
        """The panel."""
        return queries.get_panel(self.call_id)

    def user(self, place: int) -> User:
        """The member at this place: 0 is the chair."""
        return db.session.get_one(User, self.member_ids[place])

    def seat(self, place: int) -> PanelMember:
        """Their place on the panel."""
        found = queries.find_member(self.user(place), self.call)
        assert found is not None
        return found

    def application(self, number: int) -> Application:
        """The application at this place, in the order of submission."""
        return db.session.get_one(Application, self.application_ids[number])

    def owner(self, number: int) -> User:
        """Who acts for the applicant."""
        return db.session.get_one(User, self.owners[number])

    def evaluation(self, pot: str = WORK) -> Evaluation:
        """The evaluation of a pot."""
        found = queries.find_evaluation(self.call, pot)
        assert found is not None
        return found

    def sheet(self, place: int, number: int, pot: str = WORK) -> MemberSheet:
        """A member's sheet."""
        found = queries.find_member_sheet(self.evaluation(pot), self.seat(place), self.application(number))
        assert found is not None
        return found

    @property
    def officer(self) -> User:
        """The call officer."""
        return db.session.get_one(User, make_officer("sport").id)


def make_opened(applicants: int = 2, *, track: str = "operating", rulebook: str = RULEBOOK, people: int = 3) -> Scene:
    """A call whose applications were opened; the people of the panel have accounts and are not appointed."""
    now = clock.now()
    times = {"opens_at": now - timedelta(days=40), "closes_at": now - timedelta(days=20), "opening_at": now - timedelta(days=19)}
    call_id = make_call(rulebook=rulebook, **times).id
    made, owners = [], []
    with at(now - timedelta(days=30)):
        for number in range(applicants):
            organisation = make_organisation(make_person(f"Vlagateljica {number + 1}"), name=f"Društvo Jadro {next(_numbers)}")
            owners.append(db.session.scalars(db.select(Membership.user_id).where(Membership.organisation_id == organisation.id)).one())
            with at(now - timedelta(days=30) + timedelta(minutes=number)):
                application = make_application(
                    "submitted", call=db.session.get_one(Call, call_id), organisation=organisation, track=track, **_answers(track)
                )
            made.append(application.id)
    officer = make_officer("sport").id
    with at(now - timedelta(days=18)), unit_of_work():
        office.open_call(db.session.get_one(Call, call_id), by=db.session.get_one(User, officer))
    names = ("Vida Predsednica", "Boris Drugi", "Carla Terza", "Darja Četrta", "Edo Peti")
    members = [make_person(name).id for name in names[:people]]
    return Scene(call_id, members, made, owners)


def _answers(track: str) -> dict[str, Any]:
    return (
        {"members": 40, "plan": "Skriti načrt dela.", "costs": 10000, "requested": 200000}
        if track == "operating"
        else {"requested": 100000}
    )


def link(scene: Scene, place: int, number: int) -> None:
    """The member at this place acts for the applicant of this application."""
    from grants.accounts.actions import add_member
    from grants.accounts.models import MemberRole

    with unit_of_work():
        organisation = db.session.get_one(Organisation, scene.application(number).organisation_id)
        add_member(organisation, scene.user(place), MemberRole.EDITOR, by=scene.owner(number))


def appoint(scene: Scene, *, recusal_scope: str = "application") -> Scene:
    """Appoint the panel; the first person is the chair."""
    with unit_of_work():
        people = [scene.user(place) for place in range(len(scene.member_ids))]
        appointing.appoint(scene.call, people, chair=people[0], by=scene.officer, recusal_scope=recusal_scope, order_number="032-5/2026-1")
    return scene


def declare(scene: Scene, conflicts: Mapping[int, Sequence[int]] | None = None, *, places: Sequence[int] | None = None) -> Scene:
    """Members declare: `conflicts` names applications by place of the member."""
    for place in range(len(scene.member_ids)) if places is None else places:
        with unit_of_work():
            named = {scene.application(number).id: "Brat je v upravnem odboru." for number in (conflicts or {}).get(place, ())}
            appointing.declare(scene.seat(place), named, statement="Izjavljam po svoji vesti.", by=scene.user(place))
    return scene


def make_declared(
    applicants: int = 2, *, conflicts: Mapping[int, Sequence[int]] | None = None, recusal_scope: str = "application", **more: Any
) -> Scene:
    """A panel that has declared."""
    return declare(appoint(make_opened(applicants, **more), recusal_scope=recusal_scope), conflicts)


def start(scene: Scene, pot: str = WORK) -> Scene:
    """Begin the scoring of a pot."""
    with at(clock.now() - timedelta(days=10)), unit_of_work():
        collecting.start_evaluation(scene.call, pot, by=scene.officer)
    return scene


def make_started(applicants: int = 2, *, pot: str = WORK, **more: Any) -> Scene:
    """A pot that is being scored."""
    return start(make_declared(applicants, **({"track": "project"} if pot == PROJECTS else {}) | more), pot)


def mark(
    scene: Scene, place: int, number: int, marks: Mapping[str, tuple[Any, str]] | None = None, *, pot: str = WORK, finish: bool = True
) -> Scene:
    """One member marks one application; by default a little below the maximum, with a reason."""
    given = (
        marks if marks is not None else ({"idea": ("15", REASON)} if pot == PROJECTS else {"quality": ("8,5", REASON), "reach": ("5", "")})
    )
    with unit_of_work():
        sheet = marking.open_sheet(scene.evaluation(pot), scene.seat(place), scene.application(number), by=scene.user(place))
        marking.save_marks(sheet, given, comment="", version=sheet.version, by=scene.user(place))
        if finish:
            marking.finish(sheet, by=scene.user(place))
    return scene


def mark_all(scene: Scene, *, pot: str = WORK, besides: Sequence[tuple[int, int]] = ()) -> Scene:
    """Every member marks every application that they score, besides the pairs (member, application) named."""
    for number in range(len(scene.application_ids)):
        board = queries.board_of(scene.evaluation(pot))
        seats = {one.user_id for one in board.seats[scene.application_ids[number]]}
        for place, identity in enumerate(scene.member_ids):
            if identity in seats and (place, number) not in besides:
                mark(scene, place, number, pot=pot)
    return scene


def make_collected(applicants: int = 2, *, pot: str = WORK, **more: Any) -> Scene:
    """A pot whose sheets are collected."""
    return mark_all(make_started(applicants, pot=pot, **more), pot=pot)


def agree_all(scene: Scene, *, pot: str = WORK) -> Scene:
    """The panel's joint reasons, written by whoever leads."""
    with unit_of_work():
        board = queries.board_of(scene.evaluation(pot))
        for application in board.applications:
            leader = board.seats[application.id][0]
            for criterion in board.pot.panel_criteria:
                if criterion.id != "reach":
                    agreeing.agree(
                        board.evaluation, application, criterion.id, points="15" if pot == PROJECTS else None, reason=JOINT, by=leader.user
                    )
    return scene


def make_agreed(applicants: int = 2, *, pot: str = WORK, **more: Any) -> Scene:
    """A pot whose joint reasons are written."""
    return agree_all(make_collected(applicants, pot=pot, **more), pot=pot)


def conclude(scene: Scene, *, pot: str = WORK) -> Scene:
    """Conclude, led by whoever leads."""
    with unit_of_work():
        board = queries.board_of(scene.evaluation(pot))
        assert board.leader is not None
        agreeing.conclude(board.evaluation, session_on=clock.today(), by=board.leader.user)
    return scene


def make_concluded(applicants: int = 2, *, pot: str = WORK, **more: Any) -> Scene:
    """A pot whose sheets are frozen."""
    if pot == COSTS:
        return conclude(make_started(applicants, pot=pot, **more), pot=pot)
    return conclude(make_agreed(applicants, pot=pot, **more), pot=pot)
