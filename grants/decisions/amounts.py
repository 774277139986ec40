"""The amounts that a panel decides itself: who waits for one, within which limits, and what is wrong with what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from grants.applications.models import Application
from grants.base.language import current_language, money
from grants.calls.models import Call
from grants.decisions import distribution, queries
from grants.decisions.letters.words import legal
from grants.decisions.models import PanelAmount
from grants.evaluation.facts import LEAST_REASON, MOST_REASON
from grants.evaluation.models import Sheet
from grants.evaluation.queries import in_tracks
from scoring.deciding import ToDecide, to_decide
from scoring.facts import clean_text, plain_number
from scoring.money import NumberError, cents_from_euros
from scoring.requests import requested_from
from scoring.sharing import Pot

Typed = tuple[str, Mapping[str, str]]
"""An amount and its reasons by language, as they were written."""


@dataclass(frozen=True)
class AmountRow:
    """One application, or one item of it, that waits for the amount that the panel decided."""

    sheet: Sheet
    limits: ToDecide
    requested_cents: int | None
    kept: PanelAmount | None

    @property
    def key(self) -> str:
        """Its name in the form."""
        return f"{self.sheet.id}-{self.limits.item}" if self.limits.item else str(self.sheet.id)

    @property
    def application(self) -> Application:
        """Whose amount it is."""
        return self.sheet.application

    @property
    def title(self) -> str:
        """The applicant, and the item if there is one."""
        name = self.application.organisation.name
        return f"{name}: {self.limits.name or self.limits.item}" if self.limits.item else name


def rows_of(call: Call, pot: Pot) -> list[AmountRow]:
    """Everybody who competes for a pot, with what is entered so far. A fixed number of queries."""
    pots = [one.id for _track, one in call.rulebook.pots()]
    in_tracks(call, distribution.tracks_of(call, [pot.id]))  # with their organisations, in one query
    field = distribution.field_of(call, pots)
    sheets = {field.keys[row.application_id]: row for row in field.rows if row.data["pot"] == pot.id}
    kept = {(one.sheet_id, one.item): one for one in queries.amounts_in(call, [pot.id])}
    rows = []
    for limits in to_decide(call.rulebook, field.sheets, field.answers, pot.id, field.owners, field.order):
        sheet = sheets[limits.applicant]
        requested = (
            None if limits.item else requested_from(call.rulebook.track_and_pot(pot.id)[0], pot, field.facts.get(sheet.application_id, {}))
        )
        rows.append(AmountRow(sheet, limits, requested, kept.get((sheet.id, limits.item))))
    return rows


def read(
    rows: Sequence[AmountRow], typed: Mapping[str, Typed], languages: Sequence[str]
) -> tuple[dict[str, tuple[int, dict[str, str]]], dict[str, str]]:
    """What was typed as cents and clean reasons, by row; and what is wrong, by field. A row that is all empty waits."""
    found: dict[str, tuple[int, dict[str, str]]] = {}
    faults: dict[str, str] = {}
    for row in rows:
        if row.key not in typed:
            continue
        amount, reasons = typed[row.key]
        texts = {language: clean_text(reasons.get(language) or "") for language in languages}
        if not amount.strip() and not any(texts.values()) and row.kept is None:
            continue
        cents, wrong = _cents(row.limits, amount)
        if wrong:
            faults[f"amount-{row.key}"] = wrong
        for language, text in texts.items():
            if not LEAST_REASON <= len(text) <= MOST_REASON:
                faults[f"reason-{row.key}-{language}"] = _(
                    "The reason has %(length)s characters; it needs at least %(least)s and at most %(limit)s.",
                    length=len(text), least=LEAST_REASON, limit=MOST_REASON,
                )  # fmt: skip
        found[row.key] = (cents, texts)
    return found, faults


def _cents(limits: ToDecide, written: str) -> tuple[int, str]:
    """The amount in cents, and what is wrong with it."""
    if not written.strip():
        return 0, _("Enter the amount that the panel decided; 0 is an amount too.")
    try:
        cents = cents_from_euros(plain_number(written))
    except NumberError:
        cents = -1
    if cents < 0:
        return 0, _("“%(written)s” is not an amount. Write it in euros, for example 1250,00.", written=written.strip()[:40])
    match limits.fault(cents):
        case "over":
            why = limits.why.sentence(current_language()) if limits.why else ""
            return cents, _("%(amount)s is too much. %(why)s", amount=money(cents), why=why)
        case "under" if limits.nothing:
            return cents, _(
                "%(amount)s is less than the smallest amount that is paid. Write at least %(least)s, or 0 if the panel decided to give nothing.",
                amount=money(cents), least=money(limits.least),
            )  # fmt: skip
        case "under":
            return cents, _("%(amount)s is less than the smallest amount that is paid. Write at least %(least)s.", amount=money(cents), least=money(limits.least))  # fmt: skip
        case "unit":
            return cents, _("By the rules amounts are multiples of %(unit)s, and %(amount)s is none.", amount=money(cents), unit=money(limits.unit))  # fmt: skip
    return cents, ""


def languages_of(call: Call) -> list[str]:
    """The languages in which the reasons are written."""
    return legal(call.languages)


def most_of(call: Call, pot: Pot) -> int | None:
    """What there is to give, in cents; None where the leftover of another pot may still join or a count decides."""
    joins = any(other.leftover is not None and pot.id in other.leftover.to for _track, other in call.rulebook.pots())
    return None if joins or pot.counted else pot.amount_cents
