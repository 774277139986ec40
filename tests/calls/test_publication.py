"""The ladder of publication, and what is frozen afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from grants.base import audit, clock, files
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.transaction import unit_of_work
from grants.calls import guards, queries
from grants.calls.actions import drafting, publishing, running
from grants.calls.content import MANDATORY
from grants.calls.models import Call, CallDocument
from grants.calls.states import CallStatus
from tests.calls.builders import SMALL, call_data, make_call, make_officer

PARTS = [part.id for part in MANDATORY]
REASON = "Odlok to mejo pušča odprto."


def draft(**changes: Any) -> Call:
    return make_call(status="draft", **({"rulebook": "small"} | changes))


def again(call: Call) -> Call:
    return db.session.get_one(Call, call.id)


def test_a_complete_draft_is_published_and_carries_its_hash_and_its_periods(app: Flask) -> None:
    call = make_call(rulebook="small")
    assert call.status == CallStatus.PUBLISHED
    assert call.rulebook_sha256 == call.rulebook.sha256
    assert call.parameter_set == "zup-2022"
    assert call.published_at is not None
    assert [entry.kind.name for entry in audit.timeline(call, audit.PUBLIC)] == ["call.published"]


def test_each_missing_part_in_each_language_blocks(app: Flask) -> None:
    officer = make_officer()
    call = draft(content={"amount": {"sl": "10.000 EUR"}})
    with pytest.raises(publishing.NotReady) as refusal, unit_of_work():
        publishing.publish(again(call), by=officer)
    assert len(refusal.value.lacking) == 11 * 2 - 1
    with unit_of_work():
        drafting.write_text(again(call), "sl", dict.fromkeys(PARTS, "besedilo"), by=officer)
        drafting.write_text(again(call), "it", dict.fromkeys(PARTS, "testo"), by=officer)
        assert publishing.lacking(again(call)) == []
        publishing.publish(again(call), by=officer)
    assert again(call).status == CallStatus.PUBLISHED


def test_a_warning_blocks_until_it_is_accepted_with_a_reason(app: Flask) -> None:
    officer = make_officer()
    call = draft(acknowledged={})
    (finding,) = queries.review(call).warnings
    with pytest.raises(publishing.NotReady), unit_of_work():
        publishing.publish(again(call), by=officer)
    with pytest.raises(Refused) as short, unit_of_work():
        drafting.acknowledge(again(call), queries.finding_key(finding), reason="ja", by=officer)
    assert "reason" in short.value.fields
    with pytest.raises(Refused), unit_of_work():
        drafting.acknowledge(again(call), "band_gap@elsewhere", reason=REASON, by=officer)
    with unit_of_work():
        drafting.acknowledge(again(call), queries.finding_key(finding), reason=REASON, by=officer)
        publishing.publish(again(call), by=officer)
    assert queries.review_once(again(call)).reason(finding) == REASON


def test_another_rulebook_keeps_only_acceptances_that_still_hold(app: Flask) -> None:
    officer = make_officer()
    call = draft(acknowledged={})
    (finding,) = queries.review(call).warnings
    key = queries.finding_key(finding)
    with unit_of_work():
        drafting.acknowledge(again(call), key, reason=REASON, by=officer)
        drafting.replace_rulebook(again(call), SMALL.replace('amount: "10000.00"', 'amount: "12000.00"'), by=officer)
    assert again(call).acknowledged == {key: REASON}
    assert again(call).rulebook.pot("operating").amount_cents == 1_200_000
    with unit_of_work():
        drafting.replace_rulebook(again(call), SMALL.replace('above: "36"', 'above: "40"'), by=officer)
    assert again(call).acknowledged == {}


def test_an_error_of_the_linter_blocks(app: Flask) -> None:
    officer = make_officer()
    call = draft(rulebook=SMALL.replace('minimum: "20", article', 'minimum: "99", article'))
    assert [one.code for one in queries.review(call).errors] == ["threshold_unreachable"]
    with pytest.raises(publishing.NotReady), unit_of_work():
        publishing.publish(again(call), by=officer)


@pytest.mark.parametrize(
    ("broken", "code", "line"),
    [
        (SMALL.replace("    kind: operating\n", "    kind: operating\n    colour: red\n"), "unknown_key", 10),
        (SMALL.replace("holds: members >= 5", 'holds: "members >="'), "bad_formula", 24),
        (SMALL.replace("tracks:", "tracks: ["), "not_yaml", 8),
        (SMALL.replace('points: "20"}]', 'points: "many"}]'), "bad_value", 32),
        ("", "not_a_rulebook", 1),
    ],
)
def test_a_rulebook_that_cannot_be_read_is_refused_with_its_place(app: Flask, broken: str, code: str, line: int) -> None:
    officer = make_officer()
    data = call_data(rulebook="small") | {"rulebook_text": broken}
    with pytest.raises(drafting.RulebookRefused) as refusal, unit_of_work():
        drafting.draft_call(by=officer, **data)
    found = [one for one in refusal.value.findings if one.code == code]
    assert line in [one.line for one in found]
    assert all(one.column > 0 for one in found) or line == 0


def test_the_timetable_must_fit_together(app: Flask) -> None:
    officer = make_officer()
    now = clock.now()
    wrong = {
        "opens_at": now,
        "closes_at": now - timedelta(seconds=1),
        "opening_at": now - timedelta(days=2),
        "decisions_due": now.date() - timedelta(days=9),
    }
    with pytest.raises(Refused) as refusal, unit_of_work():
        drafting.draft_call(by=officer, **(call_data(rulebook="small") | wrong))
    assert set(refusal.value.fields) == {"closes_at", "opening_at", "decisions_due"}


def test_what_is_not_possible_is_refused(app: Flask) -> None:
    officer = make_officer()
    make_call(rulebook="small", reference="671-900/2026")
    cases: list[dict[str, Any]] = [
        {"reference": "671-900/2026"}, {"reference": "  "}, {"area": "astrology"}, {"area": "culture"}, {"regime": "none"},
        {"languages": []}, {"languages": ["de"]}, {"decider": "council", "remedy": "appeal"}, {"content": {"prose": {"sl": "x"}}},
    ]  # fmt: skip
    for change in cases:
        with pytest.raises(Refused), unit_of_work():
            drafting.draft_call(by=officer, **(call_data(rulebook="small") | change))


def test_a_call_that_would_be_closed_already_is_not_published(app: Flask) -> None:
    officer = make_officer()
    now = clock.now()
    call = draft(opens_at=now - timedelta(days=3), closes_at=now, opening_at=now)
    with pytest.raises(publishing.NotReady), unit_of_work():
        publishing.publish(again(call), by=officer)


def test_strangers_to_the_area_cannot_act(app: Flask) -> None:
    call = draft()
    culture = make_officer("culture")
    everywhere = make_officer("")
    with pytest.raises(Refused), unit_of_work():
        publishing.publish(again(call), by=culture)
    with unit_of_work():
        publishing.publish(again(call), by=everywhere)


def test_a_published_call_refuses_every_action_that_would_change_it(app: Flask) -> None:
    officer = make_officer()
    call = make_call(rulebook="small")
    data = call_data(rulebook="small")
    details = {
        name: data[name]
        for name in (
            "reference",
            "title",
            "kind",
            "regime",
            "languages",
            "budget_line",
            "opens_at",
            "closes_at",
            "opening_at",
            "decisions_due",
        )
    }
    upload = files.Upload("x.pdf", "application/pdf", b"%PDF-", "0" * 64)
    attempts: list[Callable[[Call], Any]] = [
        lambda c: drafting.describe(c, by=officer, decider="", remedy="", **details),
        lambda c: drafting.write_text(c, "sl", {"notes": "drugače"}, by=officer),
        lambda c: drafting.replace_rulebook(c, SMALL, by=officer),
        lambda c: drafting.acknowledge(c, "x", reason=REASON, by=officer),
        lambda c: drafting.add_document(c, upload, title={"sl": "Priloga"}, by=officer),
        lambda c: publishing.publish(c, by=officer),
    ]
    for attempt in attempts:
        with pytest.raises(Refused), unit_of_work():
            attempt(again(call))


FROZEN_CHANGES = {
    "reference": "'x'", "area": "'culture'", "rulebook_text": "'x'", "rulebook_sha256": "'x'", "parameter_set": "'zup-2000'",
    "closes_at": "'2027-01-01 00:00:00'", "opens_at": "'2020-01-01 00:00:00'", "content": "'{}'", "title": "'{}'", "status": "'draft'",
    "published_at": "null", "acknowledged": "'{}'", "decider": "'council'", "largest_file_mb": "100", "largest_total_mb": "1000",
}  # fmt: skip


def test_the_database_refuses_to_change_a_published_call(app: Flask) -> None:
    call = make_call(rulebook="small")
    for column, value in FROZEN_CHANGES.items():
        with pytest.raises(DBAPIError, match="never changed"), unit_of_work():
            db.session.execute(text(f"UPDATE call SET {column} = {value} WHERE id = {call.id}"))


def test_the_database_refuses_to_remove_a_published_call_or_touch_its_documents(app: Flask) -> None:
    officer = make_officer()
    call = draft()
    with unit_of_work():
        upload = files.Upload("pravila.pdf", "application/pdf", b"%PDF-1.7 %%EOF", "a" * 64)
        drafting.add_document(again(call), upload, title={"sl": "Pravila"}, by=officer)
        publishing.publish(again(call), by=officer)
    for statement in (
        f"DELETE FROM call WHERE id = {call.id}",
        "UPDATE call_document SET name = 'x'",
        "DELETE FROM call_document",
        f"INSERT INTO call_document (call_id, title, name, media_type, size, sha256, added_at) VALUES ({call.id}, '{{}}', 'x', 'x', 1, 'x', '2026-01-01 00:00:00')",
    ):
        with pytest.raises(DBAPIError, match="never changed"), unit_of_work():
            db.session.execute(text(statement))
    assert db.session.query(CallDocument).count() == 1


def test_the_trigger_covers_every_column_but_the_status(app: Flask) -> None:
    assert {*guards.FROZEN_COLUMNS, *guards.LIMIT_COLUMNS} == {column.key for column in inspect(Call).columns} - {"status"}


def test_statuses_still_move_after_publication(app: Flask) -> None:
    assert make_call("concluded", rulebook="small").status == CallStatus.CONCLUDED
    assert make_call("cancelled", rulebook="small").status == CallStatus.CANCELLED


def test_numbers_of_a_case_are_never_given_twice(app: Flask) -> None:
    call = make_call(rulebook="small", reference="671-77/2026")
    with unit_of_work():
        assert [running.next_number(again(call)) for _ in range(3)] == ["671-77/2026-1", "671-77/2026-2", "671-77/2026-3"]
    with unit_of_work():
        assert running.next_number(again(call)) == "671-77/2026-4"


def test_cancelling_needs_a_reason_and_an_open_or_coming_call(app: Flask) -> None:
    officer = make_officer()
    call = make_call(rulebook="small")
    with pytest.raises(Refused), unit_of_work():
        running.cancel(again(call), by=officer, reason=" ")
    with unit_of_work():
        running.cancel(again(call), by=officer, reason="Proračun ni bil sprejet.")
    closed = make_call("closed", rulebook="small")
    with pytest.raises(Refused), unit_of_work():
        running.cancel(again(closed), by=officer, reason="Proračun ni bil sprejet.")
