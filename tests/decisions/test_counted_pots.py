"""Pots whose size follows from a count of those who take part, from the call to the public result."""

from __future__ import annotations

import pytest

from grants.base.db import db
from grants.base.errors import Refused
from grants.calls.models import Call
from grants.decisions import distribution, queries
from grants.decisions.letters import grounds
from grants.decisions.models import Decision
from grants.transparency import bundle
from scoring.bundle import verify_bundle
from tests.conftest import sign_in
from tests.decisions.builders import RULEBOOK, make_issued, make_proposal, make_scored, officer
from tests.pages import LintingClient

COUNTED = (
    RULEBOOK.replace(
        "tracks:\n", "funds:\n  - {id: whole, title: {sl: Celota, it: Tutto}, article: 6. člen, amount: '1500.00'}\ntracks:\n", 1
    )
    .replace(
        '        amount: "500.00"\n',
        "        of: whole\n        by_count: {title: {sl: Člani, it: Soci}, article: 6. člen, formula: members, rate: '10.00'}\n",
        1,
    )
    .replace('        amount: "1000.00"\n', "        of: whole\n        remainder: yes\n", 1)
)


def test_pots_sized_by_a_count_are_divided_together_explained_and_recomputed(client: LintingClient) -> None:
    call = make_scored(rulebook=COUNTED)
    sign_in(client, officer())
    assert "po številu" in client.get(f"/sl/razpisi/{call.id}/razdelitve").text
    assert "po številu sodelujočih" in client.get(f"/sl/razpisi/{call.id}").text
    with pytest.raises(Refused, match="razdelijo skupaj: Neprogramski stroški, Redna dejavnost"):
        make_proposal(call, ["costs"])
    db.session.rollback()
    proposal = make_issued(call)
    page = client.get(f"/sl/razdelitve/{proposal.id}").text.replace("\xa0", " ")
    assert "»Člani« 64 × 10,00 EUR = 640,00 EUR" in page and "so pustili 860,00 EUR" in page
    shown = {one.pot.id: one.amount_cents for one in distribution.shown(queries.get_proposal(proposal.id))}
    assert shown == {"costs": 64000, "support": 86000}
    data = bundle.of_call(db.session.get_one(Call, call.id))
    assert verify_bundle(data).differences == () and all("size" in result for result in data["awards"])
    decision = next(one for one in db.session.scalars(db.select(Decision)) if one.award.pot == "costs" and one.amount_cents)
    first = grounds.of_decision(decision, ["sl", "it"])["calculation"][0]
    assert first["result"] == {"cents": 64000} and "«Soci» 64 × 10,00 EUR" in first["text"]["it"]
