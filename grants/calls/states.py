"""The life of a call."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from grants.base.audit import PUBLIC, STAFF, declare
from grants.base.workflow import Lifecycle, Transition


class CallStatus(StrEnum):
    """Where a call stands. Whether it takes applications is decided by the second, not by this (see `queries.is_open`)."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    OPENED = "opened"
    CONCLUDED = "concluded"
    CANCELLED = "cancelled"


DRAFTED = declare("call.drafted", ("reference", "rulebook_sha256"), _l("The call %(reference)s was drafted."), STAFF)
PUBLISHED = declare("call.published", ("reference", "rulebook_sha256", "closes_at"), _l("The call %(reference)s was published; its rules are frozen (SHA-256 %(rulebook_sha256)s)."), PUBLIC)  # fmt: skip
CLOSED = declare("call.closed", ("closes_at",), _l("The time for applying ran out."), PUBLIC)
OPENED = declare("call.opened", ("applications",), _l("The applications were opened: %(applications)s."), PUBLIC)
CONCLUDED = declare("call.concluded", ("decisions",), _l("All decisions are issued: %(decisions)s."), PUBLIC)
CANCELLED = declare("call.cancelled", ("reason",), _l("The call was cancelled. Reason: %(reason)s"), PUBLIC)
DISCARDED = declare("call.discarded", ("reason",), _l("The draft of the call was discarded. Reason: %(reason)s"), STAFF)
REPLACED = declare(
    "call.rulebook_replaced", ("rulebook_sha256",), _l("The draft got another rulebook (SHA-256 %(rulebook_sha256)s)."), STAFF
)
DESCRIBED = declare("call.described", ("fields",), _l("The text of the draft was changed: %(fields)s."), STAFF)
ATTACHED = declare("call.document_added", ("name", "sha256"), _l("The document “%(name)s” was added to the call."), PUBLIC)
DETACHED = declare("call.document_removed", ("name", "sha256"), _l("The document “%(name)s” was removed from the draft."), STAFF)
ACKNOWLEDGED = declare("call.warning_acknowledged", ("code", "path", "reason"), _l("A warning about the rulebook was accepted (%(code)s, %(path)s). Reason: %(reason)s"), STAFF)  # fmt: skip

EXTENDED = declare(
    "call.extended", ("version", "before", "closes_at", "opening_at", "outage_from", "outage_to", "reason"),
    _l("Version %(version)s of the call was published: the deadline was extended after an outage. Reason: %(reason)s"), PUBLIC,
)  # fmt: skip
REOPENED = declare("call.reopened", ("closes_at",), _l("The call takes applications again."), PUBLIC)

LIFECYCLE = Lifecycle(
    entity="call",
    statuses=CallStatus,
    transitions=(
        Transition(None, CallStatus.DRAFT, DRAFTED, "call officer"),
        Transition(CallStatus.DRAFT, CallStatus.PUBLISHED, PUBLISHED, "call officer"),
        Transition(CallStatus.DRAFT, CallStatus.CANCELLED, DISCARDED, "call officer"),
        Transition(CallStatus.PUBLISHED, CallStatus.CLOSED, CLOSED, "the clock"),
        Transition(CallStatus.PUBLISHED, CallStatus.CANCELLED, CANCELLED, "call officer"),
        Transition(CallStatus.CLOSED, CallStatus.PUBLISHED, REOPENED, "call officer, with an extension after an outage"),
        Transition(CallStatus.CLOSED, CallStatus.OPENED, OPENED, "call officer"),
        Transition(CallStatus.OPENED, CallStatus.CONCLUDED, CONCLUDED, "with the last decision"),
    ),
    final=frozenset({CallStatus.CONCLUDED, CallStatus.CANCELLED}),
)
