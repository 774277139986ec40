"""What the pages of this stage show, put together from reads; nothing is decided or changed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import select

from grants.accounts.models import User
from grants.base import audit
from grants.base.db import db
from grants.base.documents import Document
from grants.base.errors import Refused
from grants.base.language import current_language, localized
from grants.calls.models import Call
from grants.calls.parameters import remedy_of as remedy_of_call
from grants.decisions import distribution, queries
from grants.decisions.letters import computation, lines, words
from grants.decisions.models import Award, Decision, DecisionLine, PanelAmount, Proposal
from grants.decisions.queries import Gap
from grants.decisions.states import ProposalStatus
from scoring.points import sheet_from_data
from scoring.reasons import Reason
from scoring.sharing import Pot


@dataclass(frozen=True)
class PotRow:
    """One pot of a call: where its money stands."""

    pot: Pot
    track_title: str
    scored: bool
    proposal: Proposal | None

    @property
    def free(self) -> bool:
        """Whether it can be divided now."""
        return self.scored and self.proposal is None


def pots_of(call: Call) -> list[PotRow]:
    """The pots of a call in the order of the rules."""
    standing = {
        pot: proposal for proposal in queries.proposals_of(call) if proposal.status != ProposalStatus.DISCARDED for pot in proposal.pots
    }
    return [
        PotRow(pot, localized(track.title), distribution.is_scored(call, pot.id), standing.get(pot.id))
        for track, pot in call.rulebook.pots()
    ]


def choices(call: Call) -> list[tuple[str, str]]:
    """The pots that can be divided now, for the form."""
    return [(row.pot.id, f"{row.track_title}: {localized(row.pot.title)}") for row in pots_of(call) if row.free]


@dataclass(frozen=True)
class Happened:
    """One line of a timeline."""

    at: datetime
    sentence: str
    actor: str | None


def way_out(refused: Refused, call: Call) -> str | None:
    """The page on which is done what a refusal waits for."""
    if isinstance(refused, distribution.InputMissing) and refused.tied:
        return url_for("decisions.lots_page", call_id=call.id, pot=refused.pots)
    if isinstance(refused, distribution.InputMissing):
        return url_for("decisions.amounts_page", call_id=call.id, pot=refused.pot)
    return None


def timeline_of_amounts(kept: Sequence[PanelAmount]) -> list[Happened]:
    """When the amounts that a panel decided were entered, and by whom."""
    return _happened(audit.events_of(PanelAmount.__tablename__, [one.id for one in kept], audit.STAFF), audit.STAFF)


def timeline(subject: Any, audience: audit.Audience) -> list[Happened]:
    """What happened to a thing; who did it is for the office only."""
    return _happened(audit.timeline(subject, audience), audience)


def _happened(entries: Sequence[audit.Entry], audience: audit.Audience) -> list[Happened]:
    ids = {entry.actor_id for entry in entries if entry.actor_id is not None} if audience == audit.STAFF else set()
    names = {person.id: person.name for person in db.session.scalars(select(User).where(User.id.in_(ids)))} if ids else {}
    return [Happened(entry.at, entry.sentence, names.get(entry.actor_id or 0)) for entry in reversed(entries)]


@dataclass(frozen=True)
class DecisionRow:
    """One decision of a proposal in the list."""

    decision: Decision
    pot_title: str
    gaps: list[Gap]
    document: Document | None


def decision_rows(call: Call, decisions: Sequence[Decision]) -> list[DecisionRow]:
    """The rows of the list, with what each lacks and its document."""
    made = queries.documents_of(decisions)
    titles = {pot.id: localized(pot.title) for _track, pot in call.rulebook.pots()}
    return [DecisionRow(one, titles[one.award.pot], queries.missing_reasons(one), made.get(one.id)) for one in decisions]


@dataclass(frozen=True)
class LineShown:
    """One criterion with the reason in the reader's language."""

    line: DecisionLine
    reason: str
    language: str

    @property
    def article(self) -> str:
        """Where the rule stands, as the reader's language names articles."""
        wanted = current_language()
        return words.article(self.line.article, [wanted])[wanted] if self.line.article else ""


def lines_of(decision: Decision) -> list[LineShown]:
    """The lines of a decision. Readers of English get computed reasons in English, the panel's words in the language they were written in."""
    wanted = current_language()
    english = {}
    if wanted == "en":
        english = {lines.key_of(one): one.sentence("en") for one in sheet_from_data(decision.sheet_data).lines if one.kind != "panel"}
    shown = []
    for line in decision.lines:
        if line.criterion == lines.SETTLEMENT:
            sentences = computation.steps_of(decision.award, wanted, line.article)
            shown.append(LineShown(line, " ".join(step.sentence for step in sentences), wanted))
        elif english.get(line.criterion):
            shown.append(LineShown(line, english[line.criterion], "en"))
        elif wanted == "it" and line.reason_it.strip():
            shown.append(LineShown(line, line.reason_it, "it"))
        else:
            shown.append(LineShown(line, line.reason_sl, "sl"))
    return shown


def steps_of(award: Award) -> list[computation.Said]:
    """Why this amount, in the reader's language."""
    return computation.steps_of(award, current_language())


def changes_of(award: Award) -> list[str] | None:
    """The smallest changes that would have altered the amount, in the reader's language; None while they are being computed.

    Of a distribution that was discarded before that they never are.
    """
    if award.changes is None:
        return [] if award.proposal.status == ProposalStatus.DISCARDED else None
    return [computation.cited(Reason.from_data(change), current_language()) for change in award.changes]


def remedy_of(decision: Decision) -> list[str]:
    """The legal remedy in the reader's language; acts are not written in English, so its readers get the Slovenian text."""
    return [part for part in localized(remedy_of_call(decision.application.call).text).split("\n\n") if part.strip()]
