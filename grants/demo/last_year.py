"""The sport call of the year before, decided and over: this year's form shows its answers, and that some of its questions have changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from grants.base import clock
from grants.base.db import db
from grants.calls.models import Call
from grants.config import resource
from grants.demo import chain
from grants.demo.answers import typed_answers
from grants.demo.stage import PANEL, Person, Stage

RULEBOOK = "obala-sport-2026"
FACILITIES = """      - id: facilities
        kind: longtext
        section: activity
        label: {sl: "V katerih prostorih vadite?", it: "In quali impianti vi allenate?", en: "In which facilities do you train?"}
        required: true
        max_length: 500
"""
WEBSITE = """      - id: website
        kind: url
        section: applicant
        label: {sl: "Spletna stran", it: "Sito web", en: "Website"}
        help: {sl: "Če jo imate, z začetkom https://", it: "Se ne ha uno, con https:// all’inizio", en: "If you have one, beginning with https://"}
        public: true
"""
PLACE = '          - {id: place, kind: text, label: {sl: "Kje vadi", it: "Dove si allena", en: "Where it trains"}, required: true, max_length: 80}\n'
THEN = (
    # this year -> last year
    ("max_length: 1500", "max_length: 2000"),
    ("Komisija po tem opisu ocenjuje kakovost programa in njegov pomen za občino. Pišite preprosto.", "Opišite, kaj boste letos vadili in kje boste tekmovali."),
    ("Su questa descrizione la commissione valuta la qualità del programma e il suo significato per il Comune. Scriva con parole semplici.", "Descriva gli allenamenti e le gare di quest’anno."),
    ('{sl: "občinska ali regijska raven", it: "livello comunale o regionale", en: "municipal or regional level"}', '{sl: "regijska raven", it: "livello regionale", en: "regional level"}'),
    ("          - id: age_class\n", f"{PLACE}          - id: age_class\n"),
    (WEBSITE, ""),
    ("      - id: competition_level\n", f"{FACILITIES}      - id: competition_level\n"),
)  # fmt: skip
TOLD: dict[str, Any] = {
    "programme": "Vadimo štirikrat na teden, od začetnikov do članske ekipe. Poleti pripravimo odprto šolo za otroke iz vseh krajev občine, jeseni pa turnir prijateljstva s klubi z obeh strani meje.\n\nTekmujemo v državni ligi in na regijskih prvenstvih. Dve skupini vodita trenerja, ki sta zrasla v našem klubu.",
    "facilities": "Telovadnica osnovne šole (zima), igrišče ob obali (od aprila do oktobra).",
    "groups": [
        {"name": "Mladi galebi", "place": "Telovadnica osnovne šole", "age_class": "children", "participants": "24", "weekly_hours": "4,5", "coach_proven": "y"},
        {"name": "Kadeti", "place": "Igrišče ob obali", "age_class": "youth", "participants": "18", "weekly_hours": "6", "coach_proven": "y"},
        {"name": "Člani", "place": "Igrišče ob obali", "age_class": "adults", "participants": "21", "weekly_hours": "7,5"},
    ],
    "competition_level": "regional", "inclusive": "y", "years_active": "23", "members": "86", "minors": "42",
}  # fmt: skip
"""What the club that the demo looks at wrote last year."""


def rulebook_text() -> str:
    """The rules of this year as they were a year ago: other years, and a few questions asked in another way."""
    text = (resource("rulebooks") / RULEBOOK / "rulebook.yaml").read_text(encoding="utf-8")
    text = text.replace("2025", "2024").replace("2026", "2025")
    for now, then in THEN:
        if text.count(now) != 1:
            raise LookupError(f"the rules of this year no longer say once: {now}")
        text = text.replace(now, then)
    return text


def play(
    stage: Stage, now: datetime, details: dict[str, Any], applicants: list[tuple[int, Person]], judge: chain.Judgement, joint: chain.Joint,
    on_each: Callable[[], None],
) -> int:  # fmt: skip
    """The whole call, from its publication to its decisions; the first applicant is the one that the demo looks at."""
    opens, closes = _noon(now, -372, 8), _noon(now, -344)
    stage.instant = opens - timedelta(hours=1)
    call_id = chain.publish(
        stage, RULEBOOK, details | {"opens_at": opens, "closes_at": closes, "opening_at": _noon(now, -343, 10), "decisions_due": _day(closes, 60)},
        accepted="Pravilnik je tak sprejel občinski svet; posebnosti so znane.", text=rulebook_text(),
    )  # fmt: skip
    stage.instant, random = opens + timedelta(hours=3), Random(2025)
    track = db.session.get_one(Call, call_id).rulebook.track("operating")
    for number, (organisation, owner) in enumerate(applicants):
        chain.apply(stage, call_id, track.id, organisation, typed_answers(track, random) | (TOLD if number == 0 else {}), owner)
    chain.close_and_open(stage, call_id, _local(closes + timedelta(seconds=1)), _local(_noon(now, -343, 10)))
    chain.appoint(stage, call_id, order_number="671-12/2025-2")
    stage.instant = _noon(now, -335, 16)
    evaluation = chain.start(stage, call_id, "operating")
    for number, person in enumerate(PANEL):
        chain.mark(stage, evaluation, person, number, judge)
    stage.instant = _noon(now, -330, 17)
    chain.conclude(stage, evaluation, joint, clock.local(stage.instant).date())
    stage.instant = _noon(now, -325, 9)
    chain.adopt_and_issue(stage, chain.prepare(stage, call_id, ["operating"]))
    on_each()
    return call_id


def _day(instant: datetime, days: int) -> date:
    return clock.local(instant).date() + timedelta(days=days)


def _noon(now: datetime, days: int, hour: int = 12) -> datetime:
    return clock.parse_local(f"{_day(now, days).isoformat()}T{hour:02d}:00:00")


def _local(instant: datetime) -> str:
    return clock.local(instant).replace(tzinfo=None).isoformat(timespec="seconds")
