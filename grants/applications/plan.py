"""The finance plan of an application in words: both sides, their difference, the shares, and what an hour of volunteer work is worth."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import gettext as _

from grants.base.language import localized, money, percent
from grants.calls.letters.form import volunteers_said
from grants.calls.models import Call
from scoring.finance import Balance, FinancePlan, Held
from scoring.rulebook import Track


def plan_asked(track: Track, asked: Collection[str]) -> bool:
    """Whether this applicant is asked for a finance plan at all."""
    return track.plan is not None and track.plan.costs.table in asked


def place_of_plan(track: Track, sections: Sequence[str]) -> str:
    """The section at whose end the plan stands: the one that the rulebook names, else the last."""
    named = track.plan.section if track.plan is not None else None
    return named if named is not None and named in sections else sections[-1]


def objections(plan: FinancePlan, balance: Balance) -> list[str]:
    """What is wrong with a plan, each with what is missing to the cent."""
    said = []
    both = {"costs": money(balance.cost_cents), "income": money(balance.income_cents), "difference": money(abs(balance.difference))}
    if balance.difference > 0:
        said.append(_("The two sides are not equal: costs %(costs)s, income %(income)s. Income of %(difference)s is missing.", **both))
    if balance.difference < 0:
        said.append(_("The two sides are not equal: costs %(costs)s, income %(income)s. The income is %(difference)s too high.", **both))
    return said + [_objection(held) for held in balance.shares if not held.holds]


def _objection(held: Held) -> str:
    rule = f"{localized(held.share.text).rstrip('. ')} ({held.share.article})"
    if held.missing:
        return _("%(rule)s: %(amount)s more is needed.", rule=rule, amount=money(held.missing))
    return _("%(rule)s: that is %(amount)s too much.", rule=rule, amount=money(held.over))


@dataclass(frozen=True)
class ShareShown:
    """One rule about a share, and how it stands."""

    rule: str
    article: str
    stands: str
    holds: bool


@dataclass(frozen=True)
class PlanShown:
    """A finance plan as pages and papers show it, in the reader's language."""

    title: str
    article: str
    costs: tuple[tuple[str, int], ...]
    income: tuple[tuple[str, int], ...]
    borne: tuple[tuple[str, int], ...]
    balance: Balance
    result: str
    shares: tuple[ShareShown, ...]
    volunteers: str


def shown(track: Track, call: Call, balance: Balance | None) -> PlanShown | None:
    """How the plan stands; None where there is none."""
    plan = track.plan
    if plan is None or balance is None:
        return None
    column = next((one for one in track.fact(plan.costs.table).columns if one.id == plan.costs.category), None)
    names = {one.id: localized(one.label) for one in (column.choices if column is not None else ())}
    if plan.volunteers is not None:
        names[plan.volunteers.value] = localized(track.fact(plan.volunteers.value).label)
    costs = tuple((names.get(name or "", _("other costs") if names else _("costs")), cents) for name, cents in balance.costs)
    income = tuple((localized(track.fact(name).label), cents) for name, cents in balance.income)
    bearers = next((one.choices for one in track.fact(plan.costs.table).columns if one.id == plan.costs.bearer), ())
    said = {one.id: localized(one.label) for one in bearers}
    borne = tuple((said.get(name or "", _("nobody yet")), cents) for name, cents in balance.borne if name is not None or cents)
    difference = money(abs(balance.difference))
    result = _("Both sides are equal.") if balance.cost_cents else _("Nothing is entered yet.")
    if balance.difference > 0:
        result = _("Income of %(difference)s is missing.", difference=difference)
    if balance.difference < 0:
        result = _("The income is %(difference)s higher than the costs.", difference=difference)
    shares = tuple(ShareShown(localized(one.share.text), one.share.article, _stands(one), one.holds) for one in balance.shares)
    return PlanShown(localized(plan.title), plan.article, costs, income, borne, balance, result, shares, volunteers_said(plan, call))


def _stands(held: Held) -> str:
    share = _("no costs yet") if held.percent is None else percent(Fraction(held.percent, 100))
    if held.missing:
        return _("%(share)s now, %(amount)s more is needed", share=share, amount=money(held.missing))
    if held.over:
        return _("%(share)s now, %(amount)s too much", share=share, amount=money(held.over))
    return share


def stands(plan: PlanShown | None) -> list[str]:
    """How a plan stands, in lines for a paper."""
    if plan is None:
        return []
    sides = _("Costs %(costs)s, income %(income)s.", costs=money(plan.balance.cost_cents), income=money(plan.balance.income_cents))
    borne = [", ".join(f"{name} {money(cents)}" for name, cents in plan.borne)] if plan.borne else []
    parts = [_("Who bears the costs: %(borne)s.", borne=one) for one in borne]
    return [f"{sides} {plan.result}", *parts, *(f"{share.rule} ({share.article}): {share.stands}" for share in plan.shares)]
