"""The life of an application."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from grants.base.audit import PARTY, STAFF, declare
from grants.base.workflow import Lifecycle, Transition


class ApplicationStatus(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    OPENED = "opened"
    DISMISSED = "dismissed"
    IN_EVALUATION = "in_evaluation"
    DECIDED = "decided"


class PartnerStatus(StrEnum):
    """Where a partner of a joint application stands. Whether a consent still holds is for `joint`: it names what was agreed to."""

    ASKED = "asked"
    CONSENTED = "consented"
    DECLINED = "declined"
    REMOVED = "removed"


class PaperStatus(StrEnum):
    """Where an application that came on paper stands until it is an application like any other."""

    TRANSCRIBED = "transcribed"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"


STARTED = declare("application.started", ("track",), _l("The application was started. It is a draft, not submitted."), PARTY)
SUBMITTED = declare("application.submitted", ("number", "content_sha256"), _l("The application was submitted under the number %(number)s. SHA-256 of its content: %(content_sha256)s."), PARTY)  # fmt: skip
WITHDRAWN = declare("application.withdrawn", ("number",), _l("The application %(number)s was withdrawn."), PARTY)
RESUMED = declare("application.resumed", (), _l("The withdrawn application became a draft again."), PARTY)
OPENED = declare("application.opened", ("number",), _l("The application %(number)s was opened by the office."), PARTY)
DISMISSED = declare(
    "application.dismissed", ("reason",), _l("The application was dismissed without looking at its content. Reason: %(reason)s"), PARTY
)
TAKEN = declare("application.taken_into_evaluation", (), _l("The application is complete and went to the panel."), PARTY)
DECIDED = declare("application.decided", (), _l("The application was decided."), PARTY)
VERIFIED = declare(
    "application.fact_verified",
    ("fact", "item", "cell", "sequence", "proven"),
    _l("The office recorded what it found out about an answer of the application."),
    PARTY,
)
ATTACHED = declare("application.attachment_added", ("fact", "sha256"), _l("A file was added to the draft."), PARTY)
DETACHED = declare("application.attachment_removed", ("fact", "sha256"), _l("A file was removed from the draft."), PARTY)
INFECTED = declare(
    "application.infected_file_refused", ("fact", "found"),
    _l("A file was refused and not kept, because the virus check found “%(found)s” in it."), PARTY,
)  # fmt: skip
LATE = declare(
    "application.late_submission_refused",
    ("closes_at", "received_at"),
    _l("A submission after the deadline was refused. What was typed is kept in the draft."),
    PARTY,
)

ENTERED_TWICE = declare("application.activity_entered_twice", ("number",), _l("An activity of this application was entered already in the application %(number)s."), STAFF)  # fmt: skip
PARTNER_ASKED = declare("partner.asked", ("name",), _l("%(name)s was named as a partner and asked to agree."), PARTY)
PARTNER_CONSENTED = declare("partner.consented", ("name", "sha256"), _l("%(name)s agreed to take part as a partner. SHA-256 of what it agreed to: %(sha256)s."), PARTY)  # fmt: skip
PARTNER_DECLINED = declare("partner.declined", ("name",), _l("%(name)s does not take part as a partner."), PARTY)
PARTNER_REMOVED = declare("partner.removed", ("name",), _l("%(name)s was taken off the list of partners."), PARTY)
PARTNER_TASK = declare("partner.task_changed", ("name",), _l("What %(name)s does as a partner was changed."), PARTY)
PARTNER_ASKED_AGAIN = declare(
    "partner.asked_again", ("name",), _l("What %(name)s had agreed to was changed, so it was asked again."), PARTY
)
REMINDED = declare("application.reminded", ("before",), _l("The people of the organisation were reminded that the draft is not submitted."), PARTY)  # fmt: skip
TRANSCRIBED = declare("paper.transcribed", ("delivery", "arrived_at"), _l("An application on paper was transcribed as filed."), STAFF)
RETYPED = declare("paper.corrected", (), _l("The transcription was corrected."), STAFF)
CONFIRMED = declare("paper.confirmed", ("number",), _l("A second person confirmed the transcription; its number is %(number)s."), STAFF)
CONFIRMED_BESIDE = declare("paper.confirmed_beside", ("number", "other"), _l("The application %(number)s on paper was confirmed although the organisation has the application %(other)s to the same part. After the opening the office clears up which of them counts."), STAFF)  # fmt: skip
DISCARDED = declare("paper.discarded", ("reason",), _l("The transcription was discarded. Reason: %(reason)s"), STAFF)

_S = ApplicationStatus
LIFECYCLE = Lifecycle(
    entity="application",
    statuses=ApplicationStatus,
    transitions=(
        Transition(None, _S.DRAFT, STARTED, "the organisation"),
        Transition(_S.DRAFT, _S.SUBMITTED, SUBMITTED, "the organisation, before the deadline"),
        Transition(_S.SUBMITTED, _S.WITHDRAWN, WITHDRAWN, "the organisation, before the deadline"),
        Transition(_S.WITHDRAWN, _S.DRAFT, RESUMED, "the organisation, before the deadline"),
        Transition(_S.SUBMITTED, _S.OPENED, OPENED, "the call officer, at the opening"),
        Transition(_S.OPENED, _S.DISMISSED, DISMISSED, "the call officer"),
        Transition(_S.OPENED, _S.IN_EVALUATION, TAKEN, "the call officer"),
        Transition(_S.IN_EVALUATION, _S.DECIDED, DECIDED, "with the last decision on it"),
    ),
    final=frozenset({_S.DISMISSED, _S.DECIDED}),
)

OPEN_TO_STAFF = frozenset({_S.OPENED, _S.DISMISSED, _S.IN_EVALUATION, _S.DECIDED})
"""Where the office may read an application; before, it is sealed."""

PARTNER_LIFECYCLE = Lifecycle(
    entity="partner of an application",
    statuses=PartnerStatus,
    transitions=(
        Transition(None, PartnerStatus.ASKED, PARTNER_ASKED, "the applicant, while it is a draft"),
        Transition(PartnerStatus.ASKED, PartnerStatus.CONSENTED, PARTNER_CONSENTED, "an owner of the partner; on paper the intake"),
        Transition(PartnerStatus.CONSENTED, PartnerStatus.CONSENTED, PARTNER_CONSENTED, "an owner of the partner, after a change"),
        Transition(PartnerStatus.ASKED, PartnerStatus.DECLINED, PARTNER_DECLINED, "an owner of the partner"),
        Transition(PartnerStatus.CONSENTED, PartnerStatus.DECLINED, PARTNER_DECLINED, "an owner of the partner, while it is a draft"),
        Transition(PartnerStatus.ASKED, PartnerStatus.REMOVED, PARTNER_REMOVED, "the applicant, while it is a draft"),
        Transition(PartnerStatus.CONSENTED, PartnerStatus.REMOVED, PARTNER_REMOVED, "the applicant, while it is a draft"),
        Transition(PartnerStatus.DECLINED, PartnerStatus.REMOVED, PARTNER_REMOVED, "the applicant, while it is a draft"),
    ),
    final=frozenset({PartnerStatus.REMOVED}),
)

TAKING_PART = (PartnerStatus.ASKED, PartnerStatus.CONSENTED)
"""Partners that an application has, or asks."""

PAPER_LIFECYCLE = Lifecycle(
    entity="paper application",
    statuses=PaperStatus,
    transitions=(
        Transition(None, PaperStatus.TRANSCRIBED, TRANSCRIBED, "the intake"),
        Transition(PaperStatus.TRANSCRIBED, PaperStatus.CONFIRMED, CONFIRMED, "a second person of the intake"),
        Transition(PaperStatus.TRANSCRIBED, PaperStatus.DISCARDED, DISCARDED, "the intake, with the reason"),
    ),
    final=frozenset({PaperStatus.CONFIRMED, PaperStatus.DISCARDED}),
)
