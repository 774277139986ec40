"""How much is asked for, in a fact or in the rows of a table."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.facts import Proven
from scoring.requests import requested_cents, requested_from
from scoring.rulebook import Track, read_rulebook

ROOT = Path(__file__).parents[2] / "rulebooks"
RULES = """format: "1"
id: asked
version: "1"
title: {sl: Zaprošeno}
languages: [sl]
tracks:
  - id: asked
    kind: mixed
    title: {sl: Zaprošeno}
    article: 1. člen
    facts:
      - id: event
        kind: table
        label: {sl: Dogodek}
        columns:
          - {id: field, kind: choice, label: {sl: Področje}, choices: [{id: music, label: {sl: glasba}}, {id: dance, label: {sl: ples}}]}
          - {id: asked, kind: money, label: {sl: Zaprošeno}}
      - {id: running, kind: money, label: {sl: Za delovanje}}
    pots:
      - {id: music, title: {sl: Glasba}, article: 2. člen, amount: 1000, engine: point_value, caps: {request: asked}, items: {table: event, where: field == "music"}, rounding: {closing: largest_remainder, tie_break: [earlier_submission]}, criteria: [{id: jury, title: {sl: Žirija}, article: 3. člen, kind: panel, maximum: 10}]}
      - {id: dance, title: {sl: Ples}, article: 2. člen, amount: 1000, engine: point_value, caps: {request: asked}, items: {table: event, where: field == "dance"}, rounding: {closing: largest_remainder, tie_break: [earlier_submission]}, criteria: [{id: jury, title: {sl: Žirija}, article: 3. člen, kind: panel, maximum: 10}]}
      - {id: running, title: {sl: Delovanje}, article: 2. člen, amount: 1000, engine: point_value, caps: {request: running}, rounding: {closing: largest_remainder, tie_break: [earlier_submission]}, criteria: [{id: jury, title: {sl: Žirija}, article: 3. člen, kind: panel, maximum: 10}]}
"""
ROWS = st.lists(
    st.fixed_dictionaries({"field": st.sampled_from(["music", "dance"]), "asked": st.none() | st.integers(0, 10**9)}), max_size=6
)


@cache
def track() -> Track:
    return read_rulebook(RULES).track("asked")


@settings(deadline=None)
@given(ROWS, st.none() | st.integers(0, 10**9))
def test_what_is_asked_for_in_all_is_the_sum_over_the_pots(rows: list[dict[str, object]], running: int | None) -> None:
    facts = {"event": rows, "running": running}
    parts = [requested_from(track(), pot, facts) for pot in track().pots]
    assert (requested_cents(track(), facts) or 0) == sum(part or 0 for part in parts)


def test_nothing_stated_is_not_zero() -> None:
    assert requested_cents(track(), {"event": [{"field": "music", "asked": None}]}) is None
    assert requested_cents(track(), {"event": [], "running": 0}) == 0


def test_what_was_verified_changes_nothing_in_what_was_asked_for() -> None:
    rows = [{"field": "music", "asked": Proven(5000, 4000, True)}, {"field": Proven("music", proven=False), "asked": 700}]
    for facts in ({"event": rows}, {"event": Proven(rows, proven=False)}):
        assert requested_cents(track(), facts) == 5700


def test_a_row_is_asked_for_from_the_pot_to_which_it_belongs_by_what_was_verified() -> None:
    rows = [
        {"field": "music", "asked": Proven(5000, 4000, True)},
        {"field": Proven("music", verified="dance", proven=True), "asked": 700},
        {"field": Proven("music", proven=False), "asked": 30},
    ]
    assert [requested_from(track(), pot, {"event": rows}) for pot in track().pots] == [5000, 700, 0]
    assert requested_from(track(), track().pots[0], {"event": Proven(rows, proven=False)}) == 0


def test_what_is_not_asked_any_more_is_not_requested() -> None:
    hidden = RULES.replace("{id: running, kind: money,", "{id: running, kind: money, when: known(event),")
    rules = read_rulebook(hidden).track("asked")
    assert requested_from(rules, rules.pots[2], {"event": [], "running": 900}) == 0
    assert requested_from(rules, rules.pots[2], {"event": [{"field": "music", "asked": 1}], "running": 900}) == 900


def test_the_model_rulebooks_say_what_is_asked_for_in_their_tables() -> None:
    for name, where, table, column in (
        ("model-sport", "sport", "groups", "requested"),
        ("model-culture", "event", "events", "event_requested"),
        ("model-ngo", "school", "programmes", "requested"),
    ):
        rules = read_rulebook((ROOT / name / "rulebook.yaml").read_text(encoding="utf-8"))
        assert requested_cents(rules.track(where), {table: [{column: 10000}, {column: 2500}]}) == 12500, name
