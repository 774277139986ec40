"""The lines of a decision: for each criterion the maximum, the points and the reason in each language of the act."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from grants.decisions.letters import computation
from grants.decisions.letters.words import Words, legal, said
from grants.decisions.models import Award, DecisionLine
from scoring.money import number_text
from scoring.points import Line, sheet_from_data

SETTLEMENT = "settlement"
"""The line of a pot without criteria (actual costs, amounts that the panel decides): its reason is how the amount was settled."""


def of_award(award: Award) -> list[DecisionLine]:
    """One line for each criterion of the sheet; a pot without criteria has one line on how it is settled."""
    languages = legal(award.proposal.call.languages)
    sheet = sheet_from_data(award.sheet.data)
    if not sheet.lines:
        return [_settlement(award, languages)]
    names = {item.id: item.name or item.id for item in sheet.items}
    return [_line(position, line, languages, names) for position, line in enumerate(sheet.lines, start=1)]


def key_of(line: Line) -> str:
    """The name of a line within its decision: the criterion, and where items are scored one by one also the number of the row."""
    return f"{line.criterion}#{line.item}" if line.item else line.criterion


def reason_of(line: Line, languages: list[str]) -> Words:
    """Why these points: the panel's joint words, or the derivation from the facts. Empty where the panel owes its words."""
    if line.kind == "panel" and line.points == line.maximum:
        full = said(languages, _l("The committee gave all points: in its judgement the criterion is met in full."))
        return {one: line.sentence(one).strip() or full[one] for one in languages}
    return {one: line.sentence(one).strip() for one in languages}


def _line(position: int, line: Line, languages: list[str], names: Mapping[str, str]) -> DecisionLine:
    reason = reason_of(line, languages)
    title = {code: f"{names.get(line.item, line.item)}: {text}" if line.item else text for code, text in line.title.items()}
    return DecisionLine(
        position=position, criterion=key_of(line), title=title, article=line.article,
        maximum="" if line.maximum is None else number_text(line.maximum), points=number_text(line.points), reason_sl=reason.get("sl", ""), reason_it=reason.get("it", ""),
    )  # fmt: skip


def _settlement(award: Award, languages: list[str]) -> DecisionLine:
    pot = award.proposal.call.rulebook.pot(award.pot)
    reason = {one: " ".join(step.sentence for step in computation.steps_of(award, one, pot.article)) for one in languages}
    title = said(
        ["sl", "it", "en"],
        {"actual_cost": _l("Settlement by actual costs"), "panel_amounts": _l("Amount that the panel decided")}.get(
            pot.engine, _l("How the amount is set")
        ),
    )
    return DecisionLine(
        position=1, criterion=SETTLEMENT, title=title, article=pot.article, maximum="0", points="0",
        reason_sl=reason.get("sl", ""), reason_it=reason.get("it", ""),
    )  # fmt: skip
