"""Pots that exclude one another: who competes in only one of them, and who in several, because an exception holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scoring.competing import any_competes
from scoring.facts import effective
from scoring.field import AllocationError, Facts
from scoring.points import Sheet
from scoring.proofs import clause_of, in_languages
from scoring.questions import Exemption
from scoring.reasons import Reason
from scoring.rulebook import Exclusive, Rulebook
from scoring.truth import Test
from scoring.view import values_of

_Place = Sequence[tuple[str, str]]
_Exempted = Sequence[tuple[str, str, Exemption]]


@dataclass(frozen=True)
class Exclusion:
    """By pot and applicant why it does not compete there, and by which exceptions it competes there and in another pot as well."""

    barred: Mapping[str, Mapping[str, Reason]]
    excepted: Mapping[str, Mapping[str, tuple[Reason, ...]]]


def excluded(
    rulebook: Rulebook,
    by_pot: Mapping[str, Sequence[Sheet]],
    facts: Facts,
    chosen: Sequence[str],
    owners: Mapping[str, str],
    order: Mapping[str, int],
) -> Exclusion:
    """Who does not compete in a pot because it, or who stands behind it, competes in another one of an exclusive list; and who does in
    spite of that, because an exception holds.

    Raises ``AllocationError`` where only some of such pots are among ``chosen``.
    """
    out: dict[str, dict[str, Reason]] = {}
    seen: list[tuple[Exclusive, Mapping[str, _Exempted], Mapping[str, _Place]]] = []
    for rule in rulebook.exclusive:
        concerned = [name for name in rule.pots if name in chosen]
        if not concerned:
            continue
        if len(concerned) < len(rule.pots):
            raise AllocationError(
                "settle_together", f"{', '.join(rule.pots)} exclude one another: settle them together", pots=", ".join(rule.pots)
            )
        places: dict[str, list[tuple[str, str]]] = {}
        beside: dict[str, list[tuple[str, str, Exemption]]] = {}
        seen.append((rule, beside, places))
        exceptions = [(one, Test(one.holds)) for one in rule.except_]
        for name in rule.pots:
            track, pot = rulebook.track_and_pot(name)
            for sheet in by_pot[name]:
                if sheet.applicant in out.get(name, {}) or not any_competes(sheet, pot):
                    continue
                owner, exemption = owners.get(sheet.applicant, sheet.applicant), None
                if exceptions:
                    view = values_of(track, facts.get(sheet.applicant, {}))
                    exemption = next((one for one, test in exceptions if test.holds(*view)), None)
                if exemption is not None:
                    beside.setdefault(owner, []).append((name, sheet.applicant, exemption))
                else:
                    places.setdefault(owner, []).append((name, sheet.applicant))
        for competing in places.values():
            names = [name for name, _applicant in competing]
            if len(set(names)) < 2:
                continue
            earliest = sorted(competing, key=lambda one: order.get(one[1], len(order)))
            kept = next((wish for wish in _wishes(rulebook, rule, earliest, facts) if wish in names), names[0])
            title = {f"answer_{code}": text for code, text in rulebook.pot(kept).title.items()}
            for name, applicant in competing:
                if name != kept:
                    out.setdefault(name, {})[applicant] = Reason("exclusive", {"article": rule.article, **title})
    return Exclusion(out, _excepted(rulebook, seen, out))


def _excepted(
    rulebook: Rulebook,
    seen: Sequence[tuple[Exclusive, Mapping[str, _Exempted], Mapping[str, _Place]]],
    out: Mapping[str, Mapping[str, Reason]],
) -> dict[str, dict[str, tuple[Reason, ...]]]:
    """By pot and applicant by which exceptions it competes there, after all rules have said who is out."""
    found: dict[str, dict[str, tuple[Reason, ...]]] = {}
    for rule, beside, places in seen:
        for owner, exempted in beside.items():
            inside = [one for one in exempted if one[1] not in out.get(one[0], {})]
            standing = [one for one in places.get(owner, ()) if one[1] not in out.get(one[0], {})]
            for name, applicant, reason in _beside(rulebook, rule, inside, standing) if inside else ():
                own = found.setdefault(name, {})
                own[applicant] = (*own.get(applicant, ()), reason)
    return found


def _beside(rulebook: Rulebook, rule: Exclusive, exempted: _Exempted, standing: _Place) -> Iterator[tuple[str, str, Reason]]:
    """By which exception an applicant competes in several pots of an exclusive list: one line for each pot in which it does."""
    everywhere = [*((name, applicant, exemption) for name, applicant, exemption in exempted), *((*one, exempted[0][2]) for one in standing)]
    for name, applicant, exemption in everywhere:
        others = [other for other in rule.pots if other != name and other in {one[0] for one in everywhere}]
        if others:
            titles = [rulebook.pot(other).title for other in others]
            pots = {
                code: ", ".join(f"{left}{title.get(code) or next(iter(title.values()))}{right}" for title in titles)
                for code, (left, right) in _QUOTES.items()
            }
            said = {
                "article": rule.article, "except_article": exemption.article, **in_languages("answer", clause_of(exemption.text)),
                **in_languages("pots", pots),
            }  # fmt: skip
            yield name, applicant, Reason("exclusive_except", said)


_QUOTES = {"sl": ("»", "«"), "it": ("«", "»"), "en": ("“", "”")}


def _wishes(rulebook: Rulebook, rule: Exclusive, competing: Sequence[tuple[str, str]], facts: Facts) -> Iterator[str]:
    """The pots that were chosen, in the order of the applications; a track may have no question for it."""
    if rule.keep != "chosen" or rule.fact is None:
        return
    for name, applicant in competing:
        asked = next((fact for fact in rulebook.track_and_pot(name)[0].facts if fact.id == rule.fact), None)
        wish = None if asked is None else effective(asked, facts.get(applicant, {}).get(rule.fact))
        if wish is not None:
            yield str(wish)


def linked(rulebook: Rulebook, sheets: Sequence[Sheet], owners: Mapping[str, str]) -> dict[str, str]:
    """Of ``owners`` only what a result depends on: who competes with one application here and with another there, in pots that exclude
    one another. Whoever recomputes needs no more, and no more may be known of those who got nothing."""
    found: dict[str, str] = {}
    for rule in rulebook.exclusive:
        places: dict[str, dict[str, str]] = {}
        for sheet in sheets:
            if sheet.pot in rule.pots and sheet.applicant in owners and any_competes(sheet, rulebook.pot(sheet.pot)):
                places.setdefault(owners[sheet.applicant], {})[sheet.applicant] = sheet.pot
        found |= {applicant: owner for owner, own in places.items() if len(set(own.values())) > 1 for applicant in own}
    return found
