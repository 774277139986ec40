"""The life of an evaluation (one pot scored by the panel) and of one member's sheet."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from grants.base.audit import PARTY, PUBLIC, STAFF, declare
from grants.base.workflow import Lifecycle, Transition


class EvaluationStatus(StrEnum):
    """Members mark alone while it is scoring; what they marked becomes visible to each other when it is collected."""

    SCORING = "scoring"
    COLLECTED = "collected"
    CONCLUDED = "concluded"


class MemberSheetStatus(StrEnum):
    """A member's sheet on one application."""

    STARTED = "started"
    FINISHED = "finished"


APPOINTED = declare("panel.appointed", ("members",), _l("The panel was appointed. Number of members: %(members)s."), PUBLIC)
DECLARED = declare(
    "panel.conflict_declared", ("conflicts",), _l("A member declared on conflicts of interest. Conflicts on record: %(conflicts)s."), STAFF
)
RECUSED = declare(
    "panel.member_recused", ("application", "scope"), _l("A member was excluded from scoring the application %(application)s."), PARTY
)
SCORING_STARTED = declare("evaluation.started", ("pot", "applications"), _l("Scoring began. Applications: %(applications)s."), PUBLIC)
COLLECTED = declare("evaluation.collected", ("pot", "sheets"), _l("The members' sheets were collected: %(sheets)s."), STAFF)
CONCLUDED = declare(
    "evaluation.concluded",
    ("pot", "session_on", "sheets_sha256"),
    _l("The panel concluded the scoring in its session on %(session_on)s."),
    PUBLIC,
)
REOPENED = declare("evaluation.reopened", ("pot", "reason"), _l("Scoring was reopened. Reason: %(reason)s"), STAFF)
SHEET_STARTED = declare("member_sheet.started", (), _l("A member started a sheet."), STAFF)
SHEET_FINISHED = declare("member_sheet.finished", ("sha256",), _l("A member finished a sheet."), STAFF)
SHEET_REOPENED = declare("member_sheet.reopened", (), _l("A member took a finished sheet up again."), STAFF)
AGREED = declare("evaluation.reason_agreed", ("application", "criterion"), _l("The panel recorded its joint reason."), STAFF)

_E = EvaluationStatus
EVALUATION = Lifecycle(
    entity="evaluation",
    statuses=EvaluationStatus,
    transitions=(
        Transition(None, _E.SCORING, SCORING_STARTED, "call officer"),
        Transition(_E.SCORING, _E.COLLECTED, COLLECTED, "with the last member's last sheet"),
        Transition(_E.COLLECTED, _E.CONCLUDED, CONCLUDED, "chair of the panel"),
        Transition(_E.COLLECTED, _E.SCORING, REOPENED, "chair of the panel"),
    ),
    final=frozenset({_E.CONCLUDED}),
)
_M = MemberSheetStatus
MEMBER_SHEET = Lifecycle(
    entity="member_sheet",
    statuses=MemberSheetStatus,
    transitions=(
        Transition(None, _M.STARTED, SHEET_STARTED, "panel member"),
        Transition(_M.STARTED, _M.FINISHED, SHEET_FINISHED, "panel member"),
        Transition(_M.FINISHED, _M.STARTED, SHEET_REOPENED, "panel member, until all are in"),
    ),
    final=frozenset({_M.FINISHED}),
)
