"""Small rulebooks for tests, written the way an office writes them."""

from functools import lru_cache
from textwrap import dedent, indent
from typing import Any

from scoring.allocation import Allocation, allocate
from scoring.money import cents_from_euros, number
from scoring.points import Agreement, Sheet, score
from scoring.reading import compose
from scoring.rulebook import Rulebook, read_rulebook, rulebook_from_data

FACTS = """\
- {id: members, kind: integer, label: {sl: Člani, it: Soci}}
- {id: years, kind: integer, label: {sl: Leta, it: Anni}}
- {id: spread, kind: decimal, decimals: 1, label: {sl: Delež, it: Quota}}
- {id: requested, kind: money, label: {sl: Zaprošeno, it: Richiesto}}
- {id: costs, kind: money, label: {sl: Stroški, it: Spese}}
- {id: inclusive, kind: boolean, label: {sl: Invalidi, it: Disabilità}}
- {id: remark, kind: longtext, label: {sl: Opomba, it: Nota}}
- {id: leader, kind: integer, label: {sl: Oseba, it: Persona}, personal: true}
- id: level
  kind: choice
  label: {sl: Raven, it: Livello}
  choices:
    - {id: none, label: {sl: brez, it: nessuno}}
    - {id: regional, label: {sl: regija, it: regione}}
    - {id: national, label: {sl: država, it: nazione}}
- id: groups
  kind: table
  label: {sl: Skupine, it: Gruppi}
  columns:
    - {id: name, kind: text, label: {sl: Ime, it: Nome}}
    - {id: hours, kind: decimal, decimals: 1, label: {sl: Ure, it: Ore}}
    - {id: participants, kind: integer, label: {sl: Udeleženci, it: Partecipanti}}
"""
POT = """\
id: main
title: {sl: Sredstva, it: Fondi}
article: "1. člen"
amount: "10000.00"
engine: point_value
caps: {request: requested}
rounding: {tie_break: [earlier_submission], closing: largest_remainder}
"""
PANEL = """\
id: quality
title: {sl: Kakovost, it: Qualità}
article: "2. člen"
kind: panel
maximum: 15
"""


def block(text: str, margin: int, dash: bool = False) -> str:
    """A piece of YAML at its place, as an item of a list if wanted."""
    moved = indent(dedent(text).rstrip("\n") + "\n", " " * (margin + (2 if dash else 0)))
    return moved[:margin] + "- " + moved[margin + 2 :] if dash else moved


def rulebook_text(
    *,
    facts: str = FACTS,
    pots: tuple[str, ...] = (),
    criteria: tuple[str, ...] = (PANEL,),
    pot: str = POT,
    conditions: tuple[str, ...] = (),
) -> str:
    """A whole rulebook around the pieces that a test is about."""
    text = 'format: "1"\nid: sample\nversion: "1"\ntitle: {sl: Vzorec, it: Modello}\nlanguages: [sl, it]\n'
    text += 'tracks:\n  - id: sport\n    kind: operating\n    title: {sl: Šport, it: Sport}\n    article: "1. člen"\n    facts:\n'
    text += block(facts, 6)
    if conditions:
        text += "    conditions:\n" + "".join(block(condition, 6, dash=True) for condition in conditions)
    text += "    pots:\n" + "".join(block(other, 6, dash=True) for other in pots)
    text += block(pot, 6, dash=True)
    if criteria:
        text += "        criteria:\n" + "".join(block(criterion, 10, dash=True) for criterion in criteria)
    return text


def sample(**pieces: Any) -> Rulebook:
    """The rulebook of ``rulebook_text``. Rulebooks are frozen, so tests may share one."""
    return _read(rulebook_text(**pieces))


_read = lru_cache(maxsize=64)(read_rulebook)


def agreed_pot(
    amount: str = "10000.00",
    *,
    engine: str = "point_value",
    caps: str = "{}",
    extra: str = "",
    rounding: str = "{closing: largest_remainder}",
    threshold: str = "",
) -> Rulebook:
    """One pot whose points are simply given, so that a test can be about money alone."""
    pot = (
        f'id: main\ntitle: {{sl: Sredstva, it: Fondi}}\narticle: "1. člen"\namount: "{amount}"\nengine: {engine}\naggregation: agreed\n'
        f"caps: {caps}\nrounding: {rounding}\n{threshold}{extra}"
    )
    return _priced(pot)


@lru_cache(maxsize=512)
def _priced(pot: str) -> Rulebook:
    data = sample(criteria=(PANEL.replace("maximum: 15", 'maximum: 100000\nstep: "1/1000"'),)).to_data()
    track = data["tracks"][0]
    return rulebook_from_data(
        {**data, "tracks": [{**track, "pots": [{**compose(pot, "pot")[0], "criteria": track["pots"][0]["criteria"]}]}]}
    )


def sheet_of(rulebook: Rulebook, applicant: str, points: object, pot_id: str = "main") -> Sheet:
    """A sheet with so many points."""
    track, pot = rulebook.track_and_pot(pot_id)
    return score(track, pot, applicant, {}, (), [Agreement("quality", number(points), {"sl": "Ker je tako.", "it": "Perché è così."})])


def divide(
    rulebook: Rulebook,
    points: dict[str, object],
    requested: dict[str, str] | None = None,
    costs: dict[str, str] | None = None,
    order: dict[str, int] | None = None,
) -> Allocation:
    """Allocate the main pot among applicants with given points, requests and costs."""
    facts: dict[str, dict[str, Any]] = {name: {} for name in points}
    for name, text in (requested or {}).items():
        facts[name]["requested"] = cents_from_euros(text)
    for name, text in (costs or {}).items():
        facts[name]["costs"] = cents_from_euros(text)
    sheets = [sheet_of(rulebook, name, value) for name, value in points.items()]
    return allocate(
        rulebook, sheets, facts, pots=["main"], order=order if order is not None else {name: rank for rank, name in enumerate(points)}
    )


def euros_of(allocation: Allocation, pot: str = "main") -> dict[str, int]:
    """Cents by applicant."""
    return {award.applicant: award.amount_cents for award in allocation.result(pot).awards}


def codes_of(allocation: Allocation, applicant: str, pot: str = "main") -> list[str]:
    """The steps of one award, by code."""
    return [step.code for step in allocation.award(applicant, pot).steps]
