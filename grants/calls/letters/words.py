"""Short names of things of this stage, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

from grants.base.files import KINDS
from grants.base.language import localized
from grants.calls.models import Call
from grants.calls.municipality import municipality
from grants.calls.queries import Phase


def phase_word(phase: Phase) -> str:
    """A phase as a tag says it."""
    return {
        Phase.DRAFT: _("Draft"), Phase.COMING: _("Coming soon"), Phase.OPEN: _("Open now"), Phase.CLOSED: _("Closed now"),
        Phase.DECIDED: _("Decided call"), Phase.CANCELLED: _("Cancelled call"),
    }[phase]  # fmt: skip


def phase_heading(phase: Phase) -> str:
    """A phase as the heading of a list."""
    return {
        Phase.DRAFT: _("Drafts"), Phase.COMING: _("Coming calls"), Phase.OPEN: _("Open calls"), Phase.CLOSED: _("Closed calls"),
        Phase.DECIDED: _("Decided calls"), Phase.CANCELLED: _("Cancelled calls"),
    }[phase]  # fmt: skip


def phase_colour(phase: Phase) -> str:
    """The colour of its tag; never alone."""
    return {
        Phase.DRAFT: "yellow", Phase.COMING: "blue", Phase.OPEN: "green", Phase.CLOSED: "grey", Phase.DECIDED: "teal", Phase.CANCELLED: "red",
    }[phase]  # fmt: skip


def area_word(area: str) -> str:
    """The name of an area."""
    return localized(municipality().areas.get(area) or area)


def title(call: Call) -> str:
    """The title of a call; a draft may not have one yet."""
    return localized(call.title) or call.reference


def attachments_said(call: Call) -> str:
    """What may be attached to an application."""
    return _("%(kinds)s; each at most %(each)s MB, all together at most %(together)s MB",
             kinds=", ".join(KINDS), each=call.largest_file_mb, together=call.largest_total_mb)  # fmt: skip


def regime_word(regime: str) -> str:
    """Which law governs the procedure."""
    return {"sport": _("Sport Act and the municipal ordinance"), "culture": _("law on the public interest in culture"), "general": _("law on public finance")}[regime]  # fmt: skip


def kind_word(kind: str) -> str:
    """What kind of call it is."""
    return {"razpis": _("public call, one deadline"), "poziv": _("open call, in the order of arrival")}[kind]


def decider_word(decider: str) -> str:
    """Who decides."""
    return {"administration": _("the municipal administration"), "mayor": _("the mayor"), "council": _("the municipal council")}[decider]


def remedy_word(kind: str) -> str:
    """What may be done against the act."""
    return {"appeal": _("appeal to the mayor"), "objection": _("objection"), "court": _("court action")}[kind]
