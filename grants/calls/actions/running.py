"""A published call: closed, extended after an outage, opened, concluded, cancelled; and its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import update

from grants.accounts.models import User
from grants.base import audit, clock
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.workflow import move
from grants.calls import policy, queries, states
from grants.calls.actions.drafting import clean_texts
from grants.calls.models import (
    Call,
    CallAmendment,
    CaseRegister,
)  # fmt: skip
from grants.calls.states import CallStatus


def close(call: Call, *, by: User | None = None) -> None:
    """Note that the time for applying has run out. Whether an application is in time never depends on this."""
    if call.status != CallStatus.PUBLISHED:
        raise Refused(_("Only a published call closes."))
    if clock.now() < call.closes_at:
        raise Refused(_("The time for applying has not run out yet."))
    move(call, CallStatus.CLOSED, by=by, closes_at=call.closes_at.isoformat())


def close_due() -> None:
    """Close every call whose time has run out."""
    for call in queries.closing_calls():
        close(call)


def extend(
    call: Call, *, by: User, closes_at: datetime, opening_at: datetime, outage_from: datetime, outage_to: datetime,
    failed: Mapping[str, str], reason: Mapping[str, str],
) -> CallAmendment:  # fmt: skip
    """Publish a new version of the call with a later deadline, after an outage that is documented in it. Only before the opening."""
    if not (verdict := policy.may_extend(by, call)):
        raise Refused(verdict.reason or _("You may not change this call."), status=403)
    db.session.refresh(call, attribute_names=["status", "closes_at", "opening_at"], with_for_update=True)
    if call.status not in (CallStatus.PUBLISHED, CallStatus.CLOSED):
        raise Refused(_("Only a published call whose applications are not opened yet can be extended."))
    fields = _extension_faults(call, closes_at, opening_at, outage_from, outage_to)
    said = {"failed": clean_texts(failed), "reason": clean_texts(reason)}
    for name, texts_of in said.items():
        fields |= {
            f"{name}_{one}": _("Write it in this language, at least ten characters.") for one in call.languages if len(texts_of.get(one, "")) < 10
        }  # fmt: skip
    if fields:
        raise Refused(_("The extension cannot be published like this: %(what)s", what=" ".join(dict.fromkeys(fields.values()))), fields=fields, status=422)  # fmt: skip
    amendment = CallAmendment(
        call_id=call.id, version=len(call.amendments) + 2, closes_before=call.closes_at, opening_before=call.opening_at, closes_at=closes_at,
        opening_at=opening_at, outage_from=outage_from, outage_to=outage_to, failed=said["failed"], reason=said["reason"],
        published_at=clock.now(), published_by_id=by.id,
    )  # fmt: skip
    audit.record(
        states.EXTENDED, call, by=by, version=amendment.version, before=call.closes_at.isoformat(), closes_at=closes_at.isoformat(),
        opening_at=opening_at.isoformat(), outage_from=outage_from.isoformat(), outage_to=outage_to.isoformat(),
        reason=" / ".join(said["reason"][one] for one in call.languages),
    )  # fmt: skip
    call.amendments.append(amendment)
    db.session.flush()  # the database lets the dates move only when the amendment is there
    call.closes_at, call.opening_at = closes_at, opening_at
    if call.status == CallStatus.CLOSED:
        move(call, CallStatus.PUBLISHED, by=by, closes_at=closes_at.isoformat())
    db.session.flush()
    return amendment


def _extension_faults(call: Call, closes_at: datetime, opening_at: datetime, outage_from: datetime, outage_to: datetime) -> dict[str, str]:
    fields = {}
    if not outage_from < outage_to <= clock.now():
        fields["outage_to"] = _("The outage must have begun before it ended, and it must be over.")
    if closes_at <= max(call.closes_at, clock.now()):
        fields["closes_at"] = _("The new deadline must lie after the old one, and still be to come.")
    elif closes_at - call.closes_at < outage_to - outage_from:
        fields["closes_at"] = _("The deadline must be extended by at least as long as the outage lasted.")
    if opening_at < max(closes_at, call.opening_at):
        fields["opening_at"] = _("The opening cannot come before the new deadline, nor earlier than it was published.")
    return fields


def mark_opened(call: Call, *, by: User | None, applications: int) -> None:
    """The applications of the call were opened; the stage of applications calls this when it has opened them."""
    if call.status == CallStatus.PUBLISHED:
        close(call)
    if call.status != CallStatus.CLOSED:
        raise Refused(_("The applications of this call have been opened already, or the call is not closed."))
    if clock.now() < call.opening_at:
        raise Refused(_("The time of the opening that was published has not come yet."))
    move(call, CallStatus.OPENED, by=by, applications=applications)


def conclude(call: Call, *, by: User | None, decisions: int) -> None:
    """All decisions are issued; the stage of decisions calls this with the last one."""
    if call.status != CallStatus.OPENED:
        raise Refused(_("Only a call whose applications were opened can be concluded."))
    move(call, CallStatus.CONCLUDED, by=by, decisions=decisions)


def cancel(call: Call, *, by: User, reason: str) -> None:
    """Discard a draft, or cancel a published call before it closes."""
    if not (verdict := policy.may_manage(by, call)):
        raise Refused(verdict.reason or _("You may not change this call."), status=403)
    if call.status not in (CallStatus.DRAFT, CallStatus.PUBLISHED):
        raise Refused(_("Only a draft or a call that still takes applications can be cancelled."))
    if call.status == CallStatus.PUBLISHED and clock.now() >= call.closes_at:
        raise Refused(_("The time for applying has run out; the call can no longer be cancelled here."))
    reason = reason.strip()
    if len(reason) < 10:
        raise Refused(_("Say why the call is cancelled."), fields={"reason": _("Write the reason, at least ten characters")}, status=422)
    move(call, CallStatus.CANCELLED, by=by, reason=reason)


def next_number(call: Call) -> str:
    """The next number in the case of the call: "671-3/2026-17". Never given twice; the register's row is locked until the commit."""
    counted = update(CaseRegister).where(CaseRegister.call_id == call.id).values(last=CaseRegister.last + 1).returning(CaseRegister.last)
    return f"{call.reference}-{db.session.execute(counted, execution_options={'synchronize_session': False}).scalar_one()}"
