"""Why this amount: the steps of an award as sentences, for a page in the reader's language and for an act in its languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from grants.decisions.letters import words
from grants.decisions.letters.words import of
from grants.decisions.models import Award
from scoring.reasons import Reason
from scoring.rulebook import Rulebook

# Which value of a step is its result, printed in a column of its own.
_RESULTS = {
    "pot": "amount_cents", "joined": "available_cents", "cap_request": "cap_cents", "cap_amount": "cap_cents", "cap_cost": "cap_cents",
    "minimum_raised": "minimum_cents", "minimum_reached": "minimum_cents", "rounded": "amount_cents", "closing_unit": "amount_cents", "taken_back": "amount_cents",
    "actual_cost": "cost_cents", "award": "amount_cents", "cap_limit": "cap_cents", "cap_basis": "cap_cents", "equal_base": "base_cents",
    "panel_amount": "amount_cents", "received": "amount_cents", "closing_rest": "amount_cents", "item_award": "amount_cents",
    "size_shared": "amount_cents", "size_rate": "amount_cents", "size_rate_cut": "amount_cents", "size_rest": "amount_cents",
    "balance_most": "group_cents", "balance_least": "group_cents", "balance_usable": "group_cents",
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """One step: its sentence, and the amount that it ends with, if it is one. A heading names the item of the steps that follow."""

    sentence: str
    result_cents: int | None
    heading: bool = False


def steps_of(award: Award, language: str, article: str = "") -> list[Said]:
    """The steps of an award in one language. ``article`` stands beside them already."""
    return said_in(award.proposal.call.rulebook, award.steps, language, article)


def cited(reason: Reason, language: str) -> str:
    """A reason with the article of its rule, as the language names articles."""
    source = reason.params.get("article", "")
    return reason.cited(language, words.article(source, [language])[language] if source else "")


def said_in(rulebook: Rulebook, steps: Iterable[Mapping[str, Any]], language: str, article: str = "") -> list[Said]:
    """Steps as sentences; the titles of pots in them are those of the language. An article is named where it is another one than before."""
    titles = {pot.title.get("sl", pot.id): pot.title.get(language) for _track, pot in rulebook.pots()}
    spoken = []
    for data in steps:
        params = dict(data["params"])
        if params.get("pot") in titles:
            params["pot"] = titles[params["pot"]] or params["pot"]
        result = _RESULTS.get(data["code"])
        reason = Reason.from_data({**data, "params": params})
        own = params.get("article") or article
        sentence = reason.sentence(language) if own == article else cited(reason, language)
        article = own
        spoken.append(Said(sentence, int(params[result]) if result else None, data["code"] == "item"))
    return spoken


def of_award(award: Award, languages: list[str]) -> list[dict[str, Any]]:
    """The computation of an act: each step in each of its languages. Where items are funded one by one, each has its heading."""
    by_language = {language: steps_of(award, language) for language in languages}
    first = by_language[languages[0]]
    itemised, number = any(step.heading for step in first), 0
    rows = []
    for index, step in enumerate(first):
        number = 0 if step.heading else number + 1
        place: dict[str, Any] = {"number": number}
        if step.heading or index == len(first) - 1:
            place = {"heading": True} if step.heading else {"total": True}
        rows.append(
            {
                "text": of({language: steps[index].sentence for language, steps in by_language.items()}, languages),
                "result": None if step.result_cents is None else {"cents": step.result_cents},
                **(place if itemised else {}),
            }
        )
    return rows
