"""Joint applications: the rules as an application with its partners sees them, what each partner agrees to, and where that stands."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, defer, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from grants.accounts.models import Organisation, User
from grants.applications import activities, queries
from grants.applications.models import Application, ApplicationPartner, PaperApplication
from grants.applications.states import TAKING_PART, ApplicationStatus, PartnerStatus
from grants.base import audit, errors
from grants.base.db import db
from grants.calls.models import Call
from scoring.facts import FactError, check_fact
from scoring.questions import Choice, Fact
from scoring.rulebook import Track

_RULES: dict[tuple[str, str, tuple[tuple[int, str], ...]], Track] = {}
_MOST_RULES = 300
ALL_LANGUAGES = ("sl", "it", "en")


def bearer_of(track: Track) -> Fact | None:
    """The column of the cost lines that says who bears a cost, where the rules ask."""
    plan = track.plan
    if plan is None or track.partners is None or plan.costs.bearer is None:
        return None
    return next((one for one in track.fact(plan.costs.table).columns if one.id == plan.costs.bearer), None)


def rules_of(application: Application | PaperApplication) -> Track:
    """The rules of its track as this application sees them: who bears a cost is asked only where there are partners, and by their names."""
    track = queries.track_of(application.call, application.track)
    column = bearer_of(track)
    if column is None:
        return track
    partners = tuple((one.place, one.name) for one in partners_of(application))
    seats = ((0, application.organisation.name), *partners) if partners else ()
    key = (application.call.rulebook_sha256, application.track, seats)
    known = _RULES.get(key)
    if known is None:
        if len(_RULES) >= _MOST_RULES:
            _RULES.clear()
        known = _RULES[key] = _with_seats(track, column, dict(seats))
    return known


def _with_seats(track: Track, column: Fact, seats: Mapping[int, str]) -> Track:
    assert track.plan is not None
    table = track.fact(track.plan.costs.table)
    choices = tuple(
        Choice(id=one.id, label=dict.fromkeys(ALL_LANGUAGES, seats[place])) for place, one in enumerate(column.choices) if place in seats
    )
    asked = (column.model_copy(update={"choices": choices, "required": True}),) if seats else ()
    columns = tuple(new for one in table.columns for new in (asked if one is column else (one,)))
    shown = table.model_copy(update={"columns": columns})
    return track.model_copy(update={"facts": tuple(shown if one is table else one for one in track.facts)})


@dataclass(frozen=True)
class Seat:
    """A partner of an application on paper, as the intake types it."""

    place: int
    tax_number: str
    name: str
    task: str
    agreed: bool


def partners_of(application: Application | PaperApplication) -> Sequence[ApplicationPartner | Seat]:
    """The partners that it has or asks, in their order; of a paper those that stand on it."""
    if isinstance(application, PaperApplication):
        return [Seat(place, **one) for place, one in enumerate(application.partners, 1)]
    if queries.track_of(application.call, application.track).partners is None:
        return []
    return application.partners


def most_of(application: Application | PaperApplication) -> int:
    """How many partners its rules allow."""
    rules = queries.track_of(application.call, application.track).partners
    return 0 if rules is None else rules.most


def named_of(application: Application) -> list[ApplicationPartner]:
    """Those who take part, are asked or declined, in their order: the list of the applicant. Who declined keeps the place until it is removed."""
    if queries.track_of(application.call, application.track).partners is None:
        return []
    return sorted((one for one in application.named_partners if one.status != PartnerStatus.REMOVED), key=lambda one: one.place)


def seat_of(track: Track, place: int) -> str | None:
    """The answer that stands for a partner in the cost lines."""
    column = bearer_of(track)
    return column.choices[place].id if column is not None and place < len(column.choices) else None


def lines_of(track: Track, answers: Mapping[str, Any], place: int) -> list[dict[str, Any]]:
    """The cost lines that one partner bears, typed or checked."""
    seat, column = seat_of(track, place), bearer_of(track)
    if seat is None or column is None or track.plan is None:
        return []
    rows = answers.get(track.plan.costs.table) or ()
    return [{name: cell for name, cell in row.items() if name != column.id} for row in rows if row.get(column.id) == seat]


def agreement_of(application: Application, partner: ApplicationPartner, answers: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What this partner agrees to: the call and the track, who applies, what is done, its own task and its own cost lines."""
    track = queries.track_of(application.call, application.track)
    said = application.answers if answers is None else answers
    columns = () if track.plan is None else track.fact(track.plan.costs.table).columns
    return {
        "call": application.call.reference,
        "track": application.track,
        "applicant": application.organisation.tax_number,
        "partner": partner.tax_number,
        "activities": [one.name.strip() for one in activities.activities_of(track, said)],
        "task": partner.task,
        "lines": [{one.id: _settled(one, row.get(one.id)) for one in columns if one.id in row} for row in lines_of(track, said, partner.place)],
    }  # fmt: skip


def _settled(column: Fact, raw: Any) -> Any:
    """A cell as it is compared: 1.200 and 1200,00 are the same amount; what does not hold yet stays as typed."""
    try:
        return check_fact(column.model_copy(update={"required": False}), raw)
    except FactError:
        return raw


def sha256_of(agreement: Mapping[str, Any]) -> str:
    """The mark of what is agreed to."""
    return hashlib.sha256(audit.canonical_json(agreement).encode()).hexdigest()


def mark_of(application: Application, partner: ApplicationPartner) -> str:
    """The mark of what this partner would agree to now."""
    return sha256_of(agreement_of(application, partner))


def agrees(application: Application, partner: ApplicationPartner) -> bool:
    """Whether a partner has agreed, and to what stands now. What is changed and changed back was never withdrawn."""
    return partner.status == PartnerStatus.CONSENTED and partner.consented_sha256 == mark_of(application, partner)


def lacking(application: Application) -> list[ApplicationPartner]:
    """The partners without whose consent the application cannot be submitted."""
    if queries.track_of(application.call, application.track).partners is None:
        return []
    return [one for one in application.partners if not agrees(application, one)]


def parties_of(application: Application) -> list[str]:
    """The tax numbers of those who have agreed to do it together, the applicant first."""
    agreed = [] if queries.track_of(application.call, application.track).partners is None else application.partners
    return [application.organisation.tax_number, *(one.tax_number for one in agreed if agrees(application, one))]


def content_of(application: Application, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a submission keeps of its partners: who they are, what each does and bears, and who agreed when."""
    track = queries.track_of(application.call, application.track)
    if track.partners is None:
        return []
    amount = track.plan.costs.amount if track.plan is not None else ""
    kept = []
    for one in application.partners:
        lines = lines_of(track, values, one.place)
        kept.append({
            "place": one.place, "name": one.name, "tax_number": one.tax_number, "task": one.task, "lines": lines,
            "bears_cents": sum(line.get(amount) or 0 for line in lines), "on_paper": one.on_paper,
            "consented_at": one.consented_at.isoformat() if one.consented_at else None,
            "consented_by": one.consented_name or None, "consented_sha256": one.consented_sha256,
        })  # fmt: skip
    return kept


def get_partner(application_id: int, partner_id: int) -> ApplicationPartner:
    """A partner of this very application, or 404."""
    found = get_partnership(partner_id)
    return found if found.application_id == application_id else errors.missing()


def get_partnership(partner_id: int) -> ApplicationPartner:
    """A partner with its application, or 404. Where it may be written the application is locked first, then the partner read."""
    application_id = db.session.scalar(select(ApplicationPartner.application_id).where(ApplicationPartner.id == partner_id))
    if application_id is None:
        errors.missing()
    application = queries.get_application(application_id)
    return next((one for one in application.named_partners if one.id == partner_id), None) or errors.missing()


def partnerships_of(tax_numbers: Sequence[str]) -> Sequence[ApplicationPartner]:
    """The applications of others in which organisations take part or are asked to, the newest first. One statement."""
    if not tax_numbers:
        return []
    application = joinedload(ApplicationPartner.application)
    query = (
        select(ApplicationPartner)
        .where(ApplicationPartner.tax_number.in_(tax_numbers), ApplicationPartner.status.in_(TAKING_PART))
        .options(
            application.options(defer(Application.changes), joinedload(Application.organisation)),
            application.joinedload(Application.call).options(
                defer(Call.rulebook_text), defer(Call.rulebook_data), defer(Call.content), defer(Call.acknowledged)
            ),
        )
        .order_by(ApplicationPartner.id.desc())
    )
    return db.session.scalars(query).all()


def tax_numbers_of(person: User) -> list[str]:
    """The organisations for which a person acts, by tax number."""
    return [membership.organisation.tax_number for membership in person.memberships]


def find_organisation(partner: ApplicationPartner) -> Organisation | None:
    """The organisation that a partner is, once it is entered here."""
    return db.session.scalar(select(Organisation).where(Organisation.tax_number == partner.tax_number))


def load_partners(applications: Sequence[Application]) -> None:
    """Load the partners of many applications at once. One statement, none where no rules allow partners."""
    wanted = {
        one.id: one
        for one in applications
        if "named_partners" not in one.__dict__ and queries.track_of(one.call, one.track).partners is not None
    }
    if not wanted:
        return
    found: dict[int, list[ApplicationPartner]] = {identity: [] for identity in wanted}
    query = select(ApplicationPartner).where(ApplicationPartner.application_id.in_(wanted)).order_by(ApplicationPartner.id)
    for partner in db.session.scalars(query):
        found[partner.application_id].append(partner)
    for identity, application in wanted.items():
        set_committed_value(application, "named_partners", found[identity])


def agreed_of(application: Application) -> list[ApplicationPartner]:
    """The partners that agreed to an application which is sealed by now: those that acts and public pages name."""
    if queries.track_of(application.call, application.track).partners is None:
        return []
    return [one for one in application.partners if one.status == PartnerStatus.CONSENTED]


def names_of(application: Application) -> str:
    """Their names in one line."""
    return ", ".join(one.name for one in agreed_of(application))


def all_names_of(application: Application) -> str:
    """The names of all partners that it has or asks, also of those whose consent is missing on paper."""
    if queries.track_of(application.call, application.track).partners is None:
        return ""
    return ", ".join(one.name for one in application.partners)


def involves(application: Application, person: User) -> bool:
    """Whether a person acts for the applicant or for one of its partners."""
    if any(membership.organisation_id == application.organisation_id for membership in person.memberships):
        return True
    if not person.memberships or queries.track_of(application.call, application.track).partners is None:
        return False
    return bool({one.tax_number for one in application.partners} & set(tax_numbers_of(person)))


def consents_to_look_at(rested: datetime, limit: int) -> Sequence[ApplicationPartner]:
    """Consents to drafts that were saved since they were looked at, and have rested since then. One statement."""
    query = (
        select(ApplicationPartner)
        .join(ApplicationPartner.application)
        .where(
            ApplicationPartner.status == PartnerStatus.CONSENTED, Application.status == ApplicationStatus.DRAFT, Application.saved_at <= rested,
            ApplicationPartner.looked_at.is_(None) | (ApplicationPartner.looked_at < Application.saved_at),
        )
        .options(contains_eager(ApplicationPartner.application))
        .order_by(ApplicationPartner.id)
        .limit(limit)
    )  # fmt: skip
    return db.session.scalars(query).all()
