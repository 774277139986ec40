"""The requested amount of an application: a question of its own, or the sum over the rows of a table."""

from __future__ import annotations

from flask import Flask

from grants.applications import queries
from grants.base.db import db
from grants.calls.models import Call
from tests.applications.builders import make_application, make_opened
from tests.calls.builders import make_call, make_officer
from tests.conftest import sign_in
from tests.pages import LintingClient

RULES = """format: "1"
id: rows-test
version: "1"
title: {sl: Dogodki, it: Eventi, en: Events}
languages: [sl, it]
source: [invented]
tracks:
  - id: events
    kind: event
    title: {sl: Dogodki, it: Eventi, en: Events}
    article: 1. člen
    facts:
      - id: event
        kind: table
        min_rows: 1
        max_rows: 5
        label: {sl: Dogodek, it: Evento, en: Event}
        columns:
          - {id: visitors, kind: integer, minimum: "0", maximum: "5000", label: {sl: Obiskovalci, it: Visitatori, en: Visitors}}
          - {id: asked, kind: money, required: true, minimum: "1", maximum: "5000.00", label: {sl: Zaprošeni znesek, it: Importo richiesto, en: Amount requested}}
    pots:
      - id: events
        title: {sl: Dogodki, it: Eventi, en: Events}
        article: 2. člen
        amount: "500.00"
        engine: point_value
        caps: {request: asked}
        rounding: {point_value: exact, award_unit: "0.01", closing: largest_remainder, tie_break: [earlier_submission]}
        items: {table: event}
        criteria:
          - {id: size, article: 3. člen, kind: per_unit, fact: visitors, per_unit: "1", most_units: "50", maximum: "50", title: {sl: Obisk, it: Pubblico, en: Visitors}}
"""


def test_what_is_asked_for_row_by_row_is_summed_on_every_page(app: Flask, client: LintingClient) -> None:
    call = make_call(rulebook=RULES)
    identity = make_application("submitted", call=call, event=[{"asked": 120000}, {"asked": 34550}]).id
    make_opened(db.session.get_one(Call, call.id))
    application = queries.get_application(identity)
    assert queries.requested_cents(application) == 154550
    sign_in(client, make_officer("sport"))
    for address in (f"/sl/vloge/{identity}", f"/sl/urad/razpisi/{call.id}/vloge"):
        assert "1.545,50" in client.get(address).text, address
