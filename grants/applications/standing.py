"""How the partners of a joint application stand, in words: to the applicant, to each partner, and of activities that stand elsewhere already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _

from grants.applications import activities, joint, queries
from grants.applications.activities import Entered
from grants.applications.models import Application, ApplicationPartner
from grants.applications.presentation import Answer, as_text, said
from grants.applications.states import ApplicationStatus, PartnerStatus
from grants.base.language import instant, money
from scoring.facts import FactError, check_fact
from scoring.finance import Balance
from scoring.questions import Fact


class PartnerShown(NamedTuple):
    """A partner as pages show it: who it is, what it does and bears, and where its consent stands."""

    id: int | None
    name: str
    tax_number: str
    task: str
    bears_cents: int | None
    tag: str
    colour: str
    state: str


def partners_of(application: Application, balance: Balance | None) -> list[PartnerShown]:
    """The partners of a draft, and where each stands now."""
    track = queries.track_of(application.call, application.track)
    borne = dict(balance.borne) if balance is not None else {}
    shown = []
    for one in joint.named_of(application):
        tag, colour, state = _stands(application, one)
        shown.append(
            PartnerShown(one.id, one.name, one.tax_number, one.task, borne.get(joint.seat_of(track, one.place)), tag, colour, state)
        )
    return shown


def _stands(application: Application, partner: ApplicationPartner) -> tuple[str, str, str]:
    agreed = "" if partner.consented_at is None else _agreed(partner.consented_at, partner.consented_name, partner.on_paper)
    if partner.status == PartnerStatus.DECLINED:
        return _("declined"), "red", _("Declined on %(moment)s. Remove it, or talk to it and name it again.", moment=instant(partner.declined_at))  # fmt: skip
    if partner.status == PartnerStatus.ASKED:
        return _("asked"), "orange", _("Asked on %(moment)s, no answer yet.", moment=instant(partner.asked_at))
    if joint.agrees(application, partner):
        return _("agreed"), "green", agreed
    return _("has to agree again"), "red", _("%(agreed)s Since then what it agreed to was changed: it has to agree again.", agreed=agreed)


def _agreed(moment: Any, person: str | None, on_paper: bool) -> str:
    if on_paper:
        return _("Agreed in writing, on the paper.")
    return _("Agreed on %(moment)s: %(person)s.", moment=instant(moment), person=person or "–")


def partners_in(content: Mapping[str, Any]) -> list[PartnerShown]:
    """The partners of a submission, as it keeps them."""
    shown = []
    for one in content.get("partners", ()):
        agreed = one["consented_at"] is not None
        state = _agreed(one["consented_at"], one["consented_by"], one["on_paper"]) if agreed else _("There is no consent on the paper.")
        tag, colour = (_("agreed"), "green") if agreed else (_("no consent"), "red")
        shown.append(PartnerShown(None, one["name"], one["tax_number"], one["task"], one["bears_cents"], tag, colour, state))
    return shown


def in_a_line(partner: PartnerShown) -> str:
    """A partner as papers show it."""
    bears = "" if partner.bears_cents is None else _("Bears costs of %(amount)s.", amount=money(partner.bears_cents))
    who = f"{partner.name} ({_('tax number %(number)s', number=partner.tax_number)})"
    task = f"{partner.task.rstrip('. ')}." if partner.task else ""
    return " ".join(one for one in (f"{who}:", task, bears, partner.state) if one)


def own_part(application: Application, partner: ApplicationPartner) -> tuple[str, str, str]:
    """Where the consent stands, said to the partner itself."""
    if partner.status == PartnerStatus.REMOVED:
        return (
            _("removed"),
            "grey",
            _("The applicant took your organisation off the list of partners. There is nothing more for you to do."),
        )
    if partner.status == PartnerStatus.DECLINED:
        return _("declined"), "grey", _("You declined on %(moment)s. If you change your mind, ask the applicant to name you again.", moment=instant(partner.declined_at))  # fmt: skip
    if partner.status == PartnerStatus.ASKED:
        return _("your consent is missing"), "orange", _("You were asked on %(moment)s. Without your consent the application cannot be submitted.", moment=instant(partner.asked_at))  # fmt: skip
    agreed = _agreed(partner.consented_at, partner.consented_name, partner.on_paper)
    if application.status != ApplicationStatus.DRAFT or joint.agrees(application, partner):
        return _("agreed"), "green", agreed
    return _("your consent lapsed"), "red", _("%(agreed)s Since then something of it was changed, so your consent no longer holds. Read what stands now and agree again, or decline.", agreed=agreed)  # fmt: skip


def lines_of(application: Application, lines: Sequence[Mapping[str, Any]]) -> Answer | None:
    """The cost lines of one partner as a table; what does not hold yet as it was typed."""
    track = queries.track_of(application.call, application.track)
    bearer = joint.bearer_of(track)
    if track.plan is None or bearer is None:
        return None
    table = track.fact(track.plan.costs.table)
    own = table.model_copy(update={"columns": tuple(one for one in table.columns if one is not bearer and not one.personal)})
    rows = tuple(tuple(_cell(column, line.get(column.id)) for column in own.columns) for line in lines)
    whole = [{column.id: cell["cents"] if isinstance(cell, dict) and "cents" in cell else None for column, cell in zip(own.columns, row, strict=True)} for row in rows]  # fmt: skip
    sums = tuple({"cents": sum(row[one.id] or 0 for row in whole)} if one.id == track.plan.costs.amount else None for one in own.columns)
    return Answer(own, columns=tuple(column.label for column in own.columns), rows=rows, totals=sums)


def _cell(column: Fact, value: Any) -> Any:
    try:
        return said(column, check_fact(column.model_copy(update={"required": False}), value))
    except FactError:
        return "; ".join(as_text(column, value))


def entered_by_partner(entered: Entered) -> str:
    """The same, said to the partner itself."""
    if entered.number is None:
        return _("“%(name)s” stands in another draft too, in which your organisation takes part. Only one of the two can be submitted: decide which.", name=entered.activity.name)  # fmt: skip
    return _("“%(name)s” is entered already by your organisation, in the application %(number)s. This one cannot be submitted with it.", name=entered.activity.name, number=entered.number)  # fmt: skip


def entered_elsewhere(application: Application) -> list[str]:
    """For the form and the check page: activities that stand elsewhere already, and those of other drafts of the applicant itself."""
    done = activities.activities_of(queries.track_of(application.call, application.track), application.answers)
    return [entered_already(application, one) for one in (*blocking(application, done), *activities.drafted(application, done, application.organisation.tax_number))]  # fmt: skip


def blocking(application: Application, done: Sequence[activities.Activity]) -> list[Entered]:
    """Those that keep it from being submitted. Of partners only those that agreed: of others nobody is told anything."""
    return activities.entered(application, done, joint.parties_of(application))


def entered_already(application: Application, entered: Entered) -> str:
    """What is said where an activity stands in another application: whose and under which number, and what to do."""
    if entered.number is None:
        return _("“%(name)s” stands in another draft too, in which your organisation takes part. Only one of the two can be submitted: decide which.", name=entered.activity.name)  # fmt: skip
    if entered.tax_number == application.organisation.tax_number:
        return _("“%(name)s” is entered already by your organisation, in the application %(number)s. Take it out here, or have the other application withdrawn.", name=entered.activity.name, number=entered.number)  # fmt: skip
    partner = next((one.name for one in application.partners if one.tax_number == entered.tax_number), "")
    return _("“%(name)s” is entered already by your partner %(partner)s, in the application %(number)s. Take it out here, or ask the partner to have the other application withdrawn.",
             name=entered.activity.name, partner=partner, number=entered.number)  # fmt: skip
