"""Facts that an office verified, in tables and in what is published."""

from __future__ import annotations

from scoring.allocation import allocate
from scoring.bundle import public_facts
from scoring.facts import Proven, value_from_data
from scoring.points import Entry, score_pot
from scoring.rulebook import Rulebook, read_rulebook

RULES = """format: "1"
id: events
version: "1"
title: {sl: Dogodki, en: Events}
languages: [sl]
tracks:
  - id: events
    kind: event
    title: {sl: Dogodki, en: Events}
    article: 1. člen
    facts:
      - id: event
        kind: table
        proof: {sl: Program., en: Programme.}
        label: {sl: Dogodek, en: Event}
        columns:
          - {id: visitors, kind: integer, label: {sl: Obiskovalci, en: Visitors}}
          - {id: asked, kind: money, label: {sl: Zaprošeno, en: Asked}}
          - {id: leader, kind: text, personal: true, label: {sl: Vodja, en: Leader}}
    pots:
      - id: events
        title: {sl: Dogodki, en: Events}
        article: 2. člen
        amount: 1000
        engine: point_value
        caps: {request: asked}
        rounding: {closing: largest_remainder, tie_break: [earlier_submission]}
        items: {table: event}
        criteria:
          - {id: size, title: {sl: Velikost, en: Size}, article: 3. člen, kind: per_unit, fact: visitors, per_unit: 1, most_units: 50, maximum: 50}
"""
ROWS = [{"visitors": 10, "asked": 30000, "leader": "Ana"}, {"visitors": 30, "asked": 60000, "leader": "Bor"}]


def rules() -> Rulebook:
    return read_rulebook(RULES)


def test_a_proven_table_of_items_is_divided_like_one_that_nobody_looked_at() -> None:
    rulebook = rules()
    track, pot = rulebook.track_and_pot("events")
    amounts = []
    for given in (ROWS, Proven(ROWS, proven=True, source="Program")):
        facts = {"A001": {"event": given}}
        sheets = score_pot(track, pot, [Entry("A001", facts["A001"])])
        amounts.append([award.amount_cents for award in allocate(rulebook, sheets, facts).result("events").awards])
    assert amounts[0] == amounts[1] and amounts[0][0] > 0


def test_a_table_that_is_not_proven_has_no_items() -> None:
    rulebook = rules()
    track, pot = rulebook.track_and_pot("events")
    sheet = score_pot(track, pot, [Entry("A001", {"event": Proven(ROWS, proven=False)})])[0]
    assert sheet.items == () and not sheet.passes


def test_a_proven_table_publishes_nothing_personal() -> None:
    track, pot = rules().track_and_pot("events")
    published = public_facts(track, [pot], {"event": Proven(ROWS, ROWS[:1], True, verifier="referentka")})
    assert "Ana" not in str(published) and "referentka" not in str(published)
    assert published["event"]["stated"] == [{"visitors": 10, "asked": 30000}, {"visitors": 30, "asked": 60000}]
    assert published["event"]["verified"] == [{"visitors": 10, "asked": 30000}]


def test_the_reason_of_a_verified_value_survives_the_way_through_plain_data() -> None:
    proven = Proven(40, 30, True, on="2026-05-04", source="AJPES", reason={"sl": "Manj.", "it": "Meno."})
    assert value_from_data(proven.to_data()) == proven
    assert "reason" not in Proven(40).to_data()
