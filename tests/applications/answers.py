"""Typed answers that hold, for any track of any rulebook, at the limits of its facts as well as between them."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from grants.applications import conditions
from grants.base import clock, files
from grants.calls import parameters
from grants.demo.answers import balanced_income
from scoring.finance import volunteer_cents
from scoring.form import form_of, settled
from scoring.questions import Fact
from scoring.rulebook import Track

SENTENCES = (
    "Delujemo vse leto in odpiramo vrata vsem, ki se želijo pridružiti.",
    "Program vodijo prostovoljke in prostovoljci, ki so se za to usposobili.",
    "Skrbimo, da zaradi stroškov nihče ne ostane doma.",
    "Le attività si svolgono in sloveno e in italiano.",
)
WORDS = ("Jutranja vadba", "Poletna šola", "Večer pesmi", "Pohod ob obali", "Srečanje generacij")


def valid_answers(track: Track, random: Random | None = None, **given: Any) -> dict[str, Any]:
    """A typed value for every fact of a track that is answered in the form (files are attached); `given` ones as they are.

    The values meet the conditions for taking part, as far as chance finds such values in a few hundred draws.
    """
    chance = random or Random(1)
    computed = form_of(track).computed
    asked = {fact.id: fact for fact in track.facts if fact.kind != "file" and fact.id not in computed}
    found = {**{name: _value(fact, chance) for name, fact in asked.items()}, **given}
    attached = {fact.id: ["0" * 64] for fact in track.facts if fact.kind == "file" and fact.required}
    for _draw in range(400):
        stopping = conditions.check(track, attached | found).stopping
        if not stopping:
            break
        for fact in {fact.id: fact for one in stopping for fact in one.looks_at}.values():
            if fact.id in asked and fact.id not in given:
                found[fact.id] = _value(fact, chance)
    if track.plan is not None:
        worth = track.plan.volunteers.value if track.plan.volunteers is not None else ""
        rates = parameters.for_day(clock.today()).volunteer_rates()
        done = {worth: volunteer_cents(track.plan.volunteers, found, rates)} if track.plan.volunteers is not None else {}
        found |= {name: cents for name, cents in balanced_income(track, settled(track, found | done)).items() if name not in given}
    return found


def needed_files(track: Track) -> list[tuple[str, files.Upload]]:
    """A small PDF for every fact that requires a file."""
    return [
        (fact.id, small_pdf(f"{fact.id}.pdf", fact.id))
        for fact in track.facts
        if fact.kind == "file" and fact.required and fact.when is None
    ]


def small_pdf(name: str, text: str, size: int = 0) -> files.Upload:
    """A PDF of one line, made larger with a comment if wanted."""
    line = f"BT /F1 12 Tf 72 720 Td ({''.join(c for c in text if c.isalnum() or c in ' -_')}) Tj ET"
    data = (
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
        f"4 0 obj<</Length {len(line)}>>stream\n{line}\nendstream endobj\n"
        "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    ).encode()
    data += b"%" + b"." * max(0, size - len(data)) + b"\ntrailer<</Root 1 0 R/Size 6>>\n%%EOF\n"
    return files.Upload(name, "application/pdf", data, hashlib.sha256(data).hexdigest())


def _value(fact: Fact, chance: Random) -> Any:
    match fact.kind:
        case "integer":
            return int(_number(fact, chance, 0))
        case "decimal":
            return str(_number(fact, chance, 1 if fact.decimals else 0))
        case "money":
            return int(_number(fact, chance, 2) * 100)
        case "date":
            return _date(fact, chance).isoformat()
        case "boolean":
            return True
        case "choice":
            return chance.choice(fact.choices).id
        case "choices":
            return [one.id for one in fact.choices if chance.random() < 0.6] or [fact.choices[0].id]
        case "table":
            least = max(fact.min_rows, 1)
            rows = range(chance.randint(least, max(least, min(fact.max_rows, 4))))
            return [{column.id: _value(column, chance) for column in fact.columns} for _row in rows]
        case "email":
            return "drustvo@primer.example"
        case "url":
            return "https://primer.example"
        case "longtext":
            return " ".join(chance.sample(SENTENCES, 4))[: fact.max_length or None].strip()
    return chance.choice(WORDS)[: fact.max_length or None].strip()


def _number(fact: Fact, chance: Random, decimals: int) -> Decimal:
    low = Decimal(fact.minimum or "1")
    high = Decimal(fact.maximum) if fact.maximum is not None else max(low * 4, Decimal(4000 if fact.kind == "money" else 60))
    return low + Decimal(chance.randint(0, int((high - low) * 10**decimals))) / 10**decimals


def _date(fact: Fact, chance: Random) -> date:
    low = date.fromisoformat(fact.minimum) if fact.minimum else date(2026, 1, 1)
    high = date.fromisoformat(fact.maximum) if fact.maximum else low + timedelta(days=300)
    return low + timedelta(days=chance.randint(0, (high - low).days))
