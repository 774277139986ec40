"""From concluded sheets to awards: gathers what the published rule needs, lets `scoring` compute, and shows what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from grants.applications.models import Application
from grants.applications.queries import facts_by_application
from grants.applications.states import ApplicationStatus
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.language import current_language, localized
from grants.calls.letters.rules.formulas import Names
from grants.calls.models import Call
from grants.decisions import queries
from grants.decisions.models import Award, Proposal
from grants.evaluation.models import Evaluation, Panel, Sheet
from grants.evaluation.queries import find_evaluation, in_tracks
from grants.evaluation.states import EvaluationStatus
from scoring.allocation import AllocationError, allocate
from scoring.formula import shown as written
from scoring.money import number_text
from scoring.points import Decided, sheet_from_data
from scoring.points import Sheet as ScoredSheet
from scoring.reasons import Reason, localised
from scoring.requests import requested_from
from scoring.rulebook import Rulebook
from scoring.sharing import Pot

_OPENED = (ApplicationStatus.OPENED, ApplicationStatus.DISMISSED, ApplicationStatus.IN_EVALUATION, ApplicationStatus.DECIDED)


@dataclass(frozen=True)
class ComputedAward:
    """One award as it will be kept."""

    application: Application
    sheet: Sheet
    pot: str
    points: str
    passes: bool
    requested_cents: int | None
    amount_cents: int
    steps: list[dict[str, Any]]


@dataclass(frozen=True)
class Computed:
    """The whole computation as plain data, and the awards in it."""

    data: dict[str, Any]
    awards: list[ComputedAward]


def keys_of(call: Call) -> dict[int, str]:
    """The name under which each application is computed: its place in the order of receipt, "A001".

    It is settled by the opening, says nothing about the applicant, and is what the public bundle uses too, so that anyone
    recomputes exactly what the office computed. The number after it also breaks ties by earlier submission.
    """
    query = select(Application.id).where(Application.call_id == call.id, Application.status.in_(_OPENED))
    ids = db.session.scalars(query.order_by(Application.submitted_at, Application.id))
    return {identity: f"A{rank:03d}" for rank, identity in enumerate(ids, start=1)}


def tracks_of(call: Call, pots: Sequence[str]) -> set[str]:
    """The tracks to which these pots belong."""
    return {call.rulebook.track_and_pot(pot)[0].id for pot in pots}


def is_scored(call: Call, pot: str) -> bool:
    """Whether the panel concluded the pot; a pot for which nobody competes needs no panel."""
    evaluation = find_evaluation(call, pot)
    if evaluation is not None:
        return evaluation.status == EvaluationStatus.CONCLUDED
    return not in_tracks(call, tracks_of(call, [pot]))


def sheets_in(call: Call, pots: Sequence[str]) -> list[Sheet]:
    """The frozen sheets of these pots, in the order of submission."""
    query = (
        select(Sheet)
        .join(Sheet.evaluation)
        .join(Evaluation.panel)
        .join(Sheet.application)
        .where(Panel.call_id == call.id, Evaluation.pot.in_(pots), Evaluation.status == EvaluationStatus.CONCLUDED)
        .options(contains_eager(Sheet.application).defer(Application.answers))
    )
    return list(db.session.scalars(query.order_by(Application.submitted_at, Application.id, Sheet.id)))


def owners_of(rows: Sequence[Sheet], keys: Mapping[int, str]) -> dict[str, str]:
    """Of each application of an organisation with several the name of its first one: pots that exclude one another look at it."""
    by_organisation: dict[int, set[str]] = {}
    for row in rows:
        by_organisation.setdefault(row.application.organisation_id, set()).add(keys[row.application_id])
    return {key: min(own) for own in by_organisation.values() if len(own) > 1 for key in sorted(own)}


@dataclass(frozen=True)
class Field:
    """What a division is computed from: the frozen sheets under the names of the bundle, the checked answers, the order of receipt,
    what the panel decided, and drawn lots."""

    rows: Sequence[Sheet]
    keys: Mapping[int, str]
    facts: Mapping[int, Mapping[str, Any]]
    decided: Mapping[str, Mapping[str, Decided]]
    lots: Mapping[str, int]

    @property
    def owners(self) -> dict[str, str]:
        """Who stands behind several applications."""
        return owners_of(self.rows, self.keys)

    @property
    def sheets(self) -> list[ScoredSheet]:
        """The sheets as `scoring` wants them."""
        return [replace(sheet_from_data(row.data), applicant=self.keys[row.application_id]) for row in self.rows]

    @property
    def answers(self) -> dict[str, Mapping[str, Any]]:
        """The answers by the name of the applicant."""
        return {self.keys[identity]: answers for identity, answers in self.facts.items()}

    @property
    def order(self) -> dict[str, int]:
        """Who was earlier."""
        return {key: int(key[1:]) for key in self.keys.values()}


def field_of(call: Call, pots: Sequence[str]) -> Field:
    """Everything that these pots are divided by, in a fixed number of queries."""
    rows, keys = sheets_in(call, pots), keys_of(call)
    return Field(
        rows, keys, facts_by_application([row.application_id for row in rows]), decided_in(call, pots, keys), drawn_in(call, pots, keys)
    )


def decided_in(call: Call, pots: Sequence[str], keys: Mapping[int, str]) -> dict[str, dict[str, Decided]]:
    """The amounts that the panel decided, by pot and by the name under which is computed; of an item with its number."""
    found: dict[str, dict[str, Decided]] = {}
    if any(call.rulebook.pot(pot).engine == "panel_amounts" for pot in pots):
        for one in queries.amounts_in(call, pots):
            key = keys[one.sheet.application_id] + (f" #{one.item}" if one.item else "")
            found.setdefault(one.sheet.evaluation.pot, {})[key] = Decided(one.amount_cents, one.reason)
    return found


def drawn_in(call: Call, pots: Sequence[str], keys: Mapping[int, str]) -> dict[str, int]:
    """The places that were drawn, by pot and the name under which is computed, as in "projects A001"; of an item with its number."""
    if not any("lot" in call.rulebook.pot(pot).rules.tie_break for pot in pots):
        return {}
    return {
        f"{lot.pot} {keys[one.application_id]}" + (f" #{one.item}" if one.item else ""): one.place
        for lot in queries.lots_of(call, pots)
        for one in lot.places
    }


def compute(call: Call, pots: Sequence[str]) -> Computed:
    """Divide these pots by the published rule. The leftover of a pot that was settled earlier is carried over."""
    rulebook = call.rulebook
    field = field_of(call, pots)
    by_key = {(field.keys[row.application_id], str(row.data["pot"])): row for row in field.rows}
    facts = field.facts
    try:
        allocation = allocate(
            rulebook,
            field.sheets,
            field.answers,
            pots=list(pots),
            order=field.order,
            carried=carried_into(call, pots),
            lots=field.lots,
            decided=field.decided,
            owners=field.owners,
        )
    except AllocationError as error:
        raise _refusal(call, list(pots), field, error) from error
    awards = []
    for result in allocation.results:
        track, pot = rulebook.track_and_pot(result.pot)
        for award in result.awards:
            row = by_key[(award.applicant, award.pot)]
            awards.append(
                ComputedAward(
                    row.application, row, award.pot, number_text(award.points), award.passes,
                    requested_from(track, pot, facts.get(row.application_id, {})), award.amount_cents, [step.to_data() for step in award.steps],
                )
            )  # fmt: skip
    return Computed(allocation.to_data(), awards)


class InputMissing(Refused):  # noqa: N818 - named like the other refusals of the house
    """A division that waits for something that people do first: the amounts of a pot, or a lot between the `tied`."""

    def __init__(self, message: Any, pot: str, pots: Sequence[str], tied: Sequence[tuple[Application, str]] = ()) -> None:
        super().__init__(message)
        self.pot = pot
        self.pots = list(pots)
        self.tied = list(tied)


def _refusal(call: Call, pots: list[str], field: Field, error: AllocationError) -> Refused:
    pot = error.params.get("pot", "")
    title = localized(call.rulebook.pot(pot).title) if pot else ""
    if error.code == "amount_not_decided":
        message = _("The panel decides the amounts of “%(pot)s”, and not all of them are entered yet. Enter them first.", pot=title)
        return InputMissing(message, pot, pots)
    if error.code == "decided_exceeds_pot":
        message = _("The amounts that the panel decided for “%(pot)s” are together more than there is. Correct them first.", pot=title)
        return InputMissing(message, pot, pots)
    if error.code in ("decided_over_cap", "decided_without_reason"):
        one = {field.keys[row.application_id]: row.application for row in field.rows}[error.params["applicant"].partition(" #")[0]]
        said = f"{one.number} ({one.organisation.name})"
        if error.code == "decided_over_cap":
            message = _(
                "The amount that the panel decided for %(application)s from “%(pot)s” is above what the rules allow. Open the amounts, see the limit there and enter the amount as the panel decides.",
                application=said, pot=title,
            )  # fmt: skip
        else:
            message = _(
                "The amount that the panel decided for %(application)s from “%(pot)s” has no reason. Open the amounts and write it.",
                application=said, pot=title,
            )  # fmt: skip
        return InputMissing(message, pot, pots)
    if error.code == "lot_needed":
        by_key = {field.keys[row.application_id]: row.application for row in field.rows}
        names = [key.partition(" #") for key in error.params["applicants"].split(", ")]
        tied = [(by_key[name], item) for name, _hash, item in names]
        said = ", ".join(f"{one.number} ({one.organisation.name})" for one in dict.fromkeys(one for one, _item in tied))
        message = _(
            "In “%(pot)s” these are equal at the place where the money ends, and by the rules a lot decides between them: %(applications)s. Draw it before the panel and record it; then compute again.",
            pot=title, applications=said,
        )  # fmt: skip
        return InputMissing(message, pot, pots, tied)
    if error.code == "settle_together":
        titles = ", ".join(localized(call.rulebook.pot(one).title) for one in error.params["pots"].split(", "))
        return Refused(
            _(
                "By the published rules these depend on one another, so they are divided together: %(pots)s. Choose all of them.",
                pots=titles,
            )
        )
    if error.code == "balance_impossible":
        track, own = call.rulebook.track_and_pot(pot)
        label, by = Names(track, table=own.items.table if own.items else "").answer, own.balance.by if own.balance else ""
        groups = ", ".join(label(by, one) for one in error.params["groups"].split(", "))
        return Refused(
            _(
                "The least shares of “%(pot)s” that the rules promise to these groups are together more than there is: %(groups)s. By these rules nothing can be divided; only a correction of the rules of the call can change that.",
                pot=title, groups=groups,
            )
        )  # fmt: skip
    if error.code == "denominators":
        return Refused(
            _(
                "The points in “%(pot)s” are fractions that differ so much that they cannot be added up exactly. Only a correction of the rules of the call can change that: a criterion that divides must say to how many decimals it is rounded.",
                pot=title,
            )
        )  # fmt: skip
    return Refused(_("The published rules cannot be computed with this choice of pots: %(cause)s.", cause=str(error)))


def carried_into(call: Call, pots: Sequence[str]) -> dict[str, int]:
    """What was left for these pots of others that were settled in adopted proposals, without what went on elsewhere."""
    return {
        result["pot"]: result["residual_cents"] - sum(flow["cents"] for flow in result["flows"] if flow["to"] not in pots)
        for proposal in queries.adopted_proposals(call)
        for result in proposal.allocation["results"]
        if result["pot"] not in pots
    }


@dataclass(frozen=True)
class PotShown:
    """One pot of a proposal as its page shows it."""

    pot: Pot
    amount_cents: int
    joined: list[Pot]
    joined_cents: int
    available_cents: int
    points_total: Fraction
    point_value: Fraction | None
    received: list[Pot]
    received_cents: int
    paid_cents: int
    residual_cents: int
    flows: list[tuple[Pot, int]]
    passes: int
    awards: list[Award]
    size: str = ""

    @property
    def kept_cents(self) -> int:
        """What of the rest goes nowhere."""
        return self.residual_cents - sum(cents for _pot, cents in self.flows)

    @property
    def value_shown(self) -> str:
        """The point value in euros: exact where decimals end, else to many places and marked as going on."""
        return "" if self.point_value is None else localised(written(self.point_value), current_language())

    @property
    def exact_value(self) -> str:
        """The point value as the exact ratio, for those who compute it again; empty where decimals say it all."""
        text = "" if self.point_value is None else number_text(self.point_value)
        return text if "/" in text else ""


def shown(proposal: Proposal) -> list[PotShown]:
    """The pots of a proposal in the order in which they were settled, the awards by amount."""
    pots = []
    for result in proposal.allocation["results"]:
        awards = [award for award in proposal.awards if award.pot == result["pot"]]
        awards.sort(key=lambda award: (-award.amount_cents, -Fraction(award.points), award.application_id))
        pots.append(pot_shown(proposal.call.rulebook, result, awards))
    return pots


def kept_number(text: str) -> Fraction:
    """A number as ``number_text`` wrote it: one whose ratio has hundreds of digits was cut."""
    return Fraction(text.removesuffix("…"))


def pot_shown(rulebook: Rulebook, result: Mapping[str, Any], awards: list[Award]) -> PotShown:
    """One kept result of a pot, for a page."""
    return PotShown(
        pot=rulebook.pot(result["pot"]), amount_cents=result["amount_cents"],
        joined=[rulebook.pot(source) for source in result["joined_from"]], joined_cents=result["joined_cents"],
        available_cents=result["available_cents"], points_total=kept_number(result["points_total"]),
        point_value=None if result["point_value"] is None else kept_number(result["point_value"]),
        received=[rulebook.pot(source) for source in result["received_from"]], received_cents=result["received_cents"],
        paid_cents=result["paid_cents"], residual_cents=result["residual_cents"],
        flows=[(rulebook.pot(flow["to"]), flow["cents"]) for flow in result["flows"]], passes=result["passes"], awards=awards,
        size=Reason.from_data(result["size"]).sentence(current_language()) if "size" in result else "",
    )  # fmt: skip
