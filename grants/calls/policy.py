"""Who may see and manage calls."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from grants.accounts.models import Role, User
from grants.accounts.policy import holds
from grants.base.access import Verdict
from grants.calls import queries
from grants.calls.models import Call
from grants.calls.queries import CallText, CallTrack, PublishedFile
from grants.calls.states import CallStatus


def may_see(user: User | None, call: Call) -> Verdict:
    """Anyone, once it was published; a draft only those who prepare and oversee calls of its area."""
    if call.published_at is not None:
        return Verdict.yes()
    return may_see_draft(user, call)


def may_see_draft(user: User | None, call: Call) -> Verdict:
    """Officers of its area, auditors and administrators; nobody else learns that it exists."""
    if user is not None and any(holds(user, role, call.area) for role in queries.READERS):
        return Verdict.yes()
    return Verdict.hidden()


def may_manage(user: User | None, call: Call) -> Verdict:
    """Officers of its area."""
    if user is not None and holds(user, Role.OFFICER, call.area):
        return Verdict.yes()
    if may_see(user, call):
        return Verdict.no(_l("Only officers of the area of this call may change it."))
    return Verdict.hidden()


def may_extend(user: User | None, call: Call) -> Verdict:
    """Officers of its area. Whether it can be extended now is for the action."""
    return may_manage(user, call)


def may_edit(user: User | None, call: Call) -> Verdict:
    """Officers of its area, as long as it is a draft."""
    verdict = may_manage(user, call)
    if verdict and call.status != CallStatus.DRAFT:
        return Verdict.no(_l("This call is published. Its rules, text and dates no longer change."))
    return verdict


def may_see_track(user: User | None, track: CallTrack) -> Verdict:
    """As the call."""
    return may_see(user, track.call)


def may_see_file(user: User | None, file: PublishedFile) -> Verdict:
    """As the call."""
    return may_see(user, file.call)


def may_edit_file(user: User | None, file: PublishedFile) -> Verdict:
    """As the call."""
    return may_edit(user, file.call)


def may_edit_text(user: User | None, text: CallText) -> Verdict:
    """As the call."""
    return may_edit(user, text.call)


def may_see_desk(user: User | None) -> Verdict:
    """Whoever prepares or oversees calls, of whatever area."""
    if user is not None and any(role.role in queries.READERS for role in user.staff_roles):
        return Verdict.yes()
    return Verdict.hidden()


def may_draft(user: User | None) -> Verdict:
    """Officers, in their areas."""
    if user is not None and queries.managed_areas(user):
        return Verdict.yes()
    return Verdict.no(_l("Only call officers prepare calls.")) if may_see_desk(user) else Verdict.hidden()
