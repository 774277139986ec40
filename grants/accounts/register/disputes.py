"""What the register says cannot be typed differently; it can be disputed, and the office answers."""

from __future__ import annotations

from flask_babel import gettext as _

from grants.accounts import letters, queries, states
from grants.accounts.models import Dispute, Organisation, User
from grants.base import audit, clock
from grants.base.db import db
from grants.base.errors import Refused

MOST_OPEN = 5


def raise_dispute(organisation: Organisation, *, what: str, text: str, by: User) -> Dispute:
    """Note that the register is wrong about an organisation, and what would be right."""
    if sum(one.answered_at is None for one in queries.disputes_of(organisation)) >= MOST_OPEN:
        raise Refused(_("We have not answered your earlier notes yet. Wait for the answer, or write to the contact of the call."))
    dispute = Dispute(organisation=organisation, what=what, text=text, raised_at=clock.now(), raised_by=by)
    db.session.add(dispute)
    db.session.flush()
    audit.record(states.REGISTER_DISPUTED, organisation, by=by, dispute_id=dispute.id, what=what)
    return dispute


def answer_dispute(dispute: Dispute, *, answer: str, by: User) -> None:
    """Tell the organisation what the office found out, once: of two people who answer at the same time the second is told so."""
    db.session.refresh(dispute, attribute_names=["answered_at", "answer"], with_for_update={"of": Dispute})
    if dispute.answered_at is not None:
        raise Refused(_("A colleague has answered this note in the meantime. The answer is on the page of the organisation."))
    dispute.answered_at, dispute.answer = clock.now(), answer
    audit.record(states.DISPUTE_ANSWERED, dispute.organisation, by=by, dispute_id=dispute.id)
    letters.dispute_answered(dispute)
