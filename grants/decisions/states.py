"""The life of a proposal (how a budget would be divided) and of a decision (the act that one applicant gets)."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from grants.base.audit import PARTY, PUBLIC, STAFF, declare
from grants.base.workflow import Lifecycle, Transition


class ProposalStatus(StrEnum):
    """A proposal is computed by the published rule, then adopted or discarded by the signer."""

    PREPARED = "prepared"
    ADOPTED = "adopted"
    DISCARDED = "discarded"


class DecisionStatus(StrEnum):
    """A decision can be issued only when every criterion has its reason; from then on it is never changed."""

    DRAFTED = "drafted"
    ISSUED = "issued"


AMOUNT_ENTERED = declare(
    "panel_amount.entered",
    ("application", "pot", "item", "amount_cents", "decided_on"),
    _l("The amount that the panel decided for application %(application)s was entered."),
    STAFF,
)
LOT_RECORDED = declare(
    "drawn_lot.recorded", ("pot", "drawn_on", "order"), _l("A drawn lot was recorded. Order of the applications: %(order)s."), STAFF
)
PREPARED = declare(
    "proposal.prepared", ("pots", "allocation_sha256"), _l("A distribution was computed by the published rule for: %(pots)s."), STAFF
)
ADOPTED = declare("proposal.adopted", ("allocation_sha256",), _l("The distribution was adopted."), PUBLIC)
DISCARDED = declare("proposal.discarded", ("reason",), _l("The distribution was discarded. Reason: %(reason)s"), STAFF)
DRAFTED = declare("decision.drafted", ("number",), _l("The decision %(number)s was drafted."), STAFF)
COMPLETED = declare(
    "decision.reason_completed",
    ("criterion", "language"),
    _l("A missing reason was entered for the criterion %(criterion)s (%(language)s)."),
    STAFF,
)
ISSUED = declare("decision.issued", ("number", "amount_cents", "sheet_sha256"), _l("The decision %(number)s was issued."), PARTY)

PROPOSAL = Lifecycle(
    entity="proposal",
    statuses=ProposalStatus,
    transitions=(
        Transition(None, ProposalStatus.PREPARED, PREPARED, "call officer"),
        Transition(ProposalStatus.PREPARED, ProposalStatus.ADOPTED, ADOPTED, "signer"),
        Transition(ProposalStatus.PREPARED, ProposalStatus.DISCARDED, DISCARDED, "call officer or signer"),
    ),
    final=frozenset({ProposalStatus.ADOPTED, ProposalStatus.DISCARDED}),
)
DECISION = Lifecycle(
    entity="decision",
    statuses=DecisionStatus,
    transitions=(
        Transition(None, DecisionStatus.DRAFTED, DRAFTED, "with the adoption of the proposal"),
        Transition(DecisionStatus.DRAFTED, DecisionStatus.ISSUED, ISSUED, "signer"),
    ),
    final=frozenset({DecisionStatus.ISSUED}),
)
