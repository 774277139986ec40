"""What changes proposals and decisions: enter what the panel decided, prepare, discard, adopt, issue."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from grants.accounts.models import User
from grants.applications.actions import office
from grants.applications.models import Application
from grants.applications.states import ApplicationStatus
from grants.base import audit, clock, documents, jobs, workflow
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.language import localized, money
from grants.calls.actions import running
from grants.calls.models import Call
from grants.calls.states import CallStatus
from grants.decisions import amounts, distribution, lots, policy, queries
from grants.decisions.letters import act, lines, messages
from grants.decisions.letters.words import legal
from grants.decisions.models import Award, Decision, DecisionLine, DrawnLot, LotPlace, PanelAmount, Proposal
from grants.decisions.states import AMOUNT_ENTERED, COMPLETED, LOT_RECORDED, DecisionStatus, ProposalStatus
from grants.evaluation.queries import find_evaluation


def sha256_of(data: Any) -> str:
    """The hash of plain data in its canonical form."""
    return hashlib.sha256(audit.canonical_json(data).encode()).hexdigest()


def enter_amounts(call: Call, pot: str, typed: Mapping[str, amounts.Typed], *, decided_on: date | None, by: User) -> int:
    """Put down what the panel decided for applications to a pot whose amounts it decides. Gives how many were new or changed."""
    _alone(call)
    _check_call(call)
    chosen = _check_pots(call, [pot])
    _check_evaluated(call, chosen)
    rules = call.rulebook.pot(pot)
    if rules.engine != "panel_amounts":
        raise Refused(_("The amounts of “%(pot)s” follow from the published rule; nobody enters them.", pot=_titles(call, [pot])))
    rows = amounts.rows_of(call, rules)
    found, faults = amounts.read(rows, typed, amounts.languages_of(call))
    if not _after_scoring(call, pot, decided_on):
        faults["decided_on"] = _(
            "Write the day on which the panel decided: not before the session that concluded the scoring, and not after today."
        )
    if faults or decided_on is None:
        message = _("The amounts are not entered yet. Nothing is lost: correct what is marked and save again.")
        raise Refused(message, fields=faults, status=422)
    kept = {row.key: row.kept.amount_cents for row in rows if row.kept is not None}
    most, together = amounts.most_of(call, rules), sum((kept | {key: cents for key, (cents, _why) in found.items()}).values())
    if most is not None and together > most:
        raise Refused(
            _(
                "The amounts are together %(together)s, and there are %(most)s to give: %(over)s too much. Nothing was saved; correct the amounts as the panel decides.",
                together=money(together), most=money(most), over=money(together - most),
            ),
            status=422,
        )  # fmt: skip
    return sum(_enter(row, *found[row.key], decided_on=decided_on, by=by) for row in rows if row.key in found)


def _enter(row: amounts.AmountRow, cents: int, reason: dict[str, str], *, decided_on: date, by: User) -> bool:
    kept = row.kept
    if kept is not None and (kept.amount_cents, kept.reason, kept.decided_on) == (cents, reason, decided_on):
        return False
    entered = kept or PanelAmount(sheet=row.sheet, item=row.limits.item)
    entered.amount_cents, entered.reason, entered.decided_on = cents, reason, decided_on
    entered.entered_at, entered.entered_by = clock.now(), by
    db.session.add(entered)
    db.session.flush()
    audit.record(
        AMOUNT_ENTERED, entered, by=by, application=row.application.number or "", pot=str(row.sheet.data["pot"]), item=entered.item,
        amount_cents=cents, decided_on=decided_on.isoformat(),
    )  # fmt: skip
    return True


def _after_scoring(call: Call, pot: str, day: date | None) -> bool:
    evaluation = find_evaluation(call, pot)
    first = evaluation.session_on if evaluation is not None else None
    return day is not None and day <= clock.today() and (first is None or day >= first)


def record_lot(call: Call, pots: Sequence[str], drawn: lots.Drawn, *, drawn_on: date | None, by: User) -> DrawnLot:
    """Put down a lot that was drawn between equals at which the division of these pots stops. It is never changed afterwards."""
    _alone(call)
    _check_call(call)
    chosen = _check_pots(call, pots)
    _check_leftovers(call, chosen)
    _check_evaluated(call, chosen)
    tie = lots.tie_of(call, chosen)
    if tie is None:
        raise Refused(_("No lot is needed here: the rules can be computed without one, or it is recorded already."))
    places, faults = lots.read(tie, drawn)
    if not _after_scoring(call, tie.pot, drawn_on):
        faults["drawn_on"] = _(
            "Write the day on which the lot was drawn: not before the session that concluded the scoring, and not after today."
        )
    if faults or drawn_on is None:
        message = _("The lot is not recorded yet. Nothing is lost: correct what is marked and save again.")
        raise Refused(message, fields=faults, status=422)
    lot = DrawnLot(
        call_id=call.id, pot=tie.pot, drawn_on=drawn_on, place=drawn.place.strip(), drawn_by=drawn.drawn_by.strip(),
        witnesses=drawn.witnesses.strip(), recorded_at=clock.now(), recorded_by=by,
        places=[LotPlace(place=places[one.key], application=one.application, item=one.item) for one in tie.tied],
    )  # fmt: skip
    db.session.add(lot)
    db.session.flush()
    order = ", ".join(
        f"{one.application.number} #{one.item}" if one.item else f"{one.application.number}"
        for one in sorted(lot.places, key=lambda one: one.place)
    )
    audit.record(LOT_RECORDED, lot, by=by, pot=tie.pot, drawn_on=drawn_on.isoformat(), order=order)
    return lot


def prepare(call: Call, pots: Sequence[str], *, by: User) -> Proposal:
    """Compute by the published rule how these pots are divided, and keep the whole computation."""
    _alone(call)
    _check_call(call)
    chosen = _check_pots(call, pots)
    _check_leftovers(call, chosen)
    _check_evaluated(call, chosen)
    computed = distribution.compute(call, chosen)
    proposal = Proposal(
        call=call, pots=chosen, allocation=computed.data, allocation_sha256=sha256_of(computed.data),
        rulebook_sha256=call.rulebook_sha256, prepared_at=clock.now(), prepared_by=by,
    )  # fmt: skip
    workflow.start(proposal, by=by, pots=", ".join(chosen), allocation_sha256=proposal.allocation_sha256)
    for award in computed.awards:
        proposal.awards.append(
            Award(
                application=award.application, sheet=award.sheet, pot=award.pot, points=award.points, passes=award.passes,
                requested_cents=award.requested_cents, amount_cents=award.amount_cents, steps=award.steps,
            )
        )  # fmt: skip
    db.session.flush()
    for kind in ("decisions.changes", "decisions.stability"):
        jobs.enqueue(kind, proposal.id)
    return proposal


def discard(proposal: Proposal, *, reason: str, by: User) -> None:
    """Throw a proposal away; the reason stays in the record."""
    _alone(proposal.call, proposal)
    _check_prepared(proposal)
    if not reason.strip():
        raise Refused(
            _("Say why the distribution is discarded; the reason stays in the record."),
            fields={"reason": _("The reason is missing; write it here.")},
            status=422,
        )
    workflow.move(proposal, ProposalStatus.DISCARDED, by=by, reason=reason.strip())


def adopt(proposal: Proposal, *, by: User) -> list[Decision]:
    """The signer takes the distribution over; one decision for each award is drafted, with a line for each criterion."""
    _alone(proposal.call, proposal)
    _check_prepared(proposal)
    _check_four_eyes(proposal, by)
    _check_call(proposal.call)
    _check_unchanged(proposal)
    proposal.adopted_at, proposal.adopted_by = clock.now(), by
    workflow.move(proposal, ProposalStatus.ADOPTED, by=by, allocation_sha256=proposal.allocation_sha256)
    return [_draft(award, by=by) for award in proposal.awards]


def complete_reason(line: DecisionLine, *, language: str, text: str, by: User) -> None:
    """Enter a reason that the panel still owed, before the decision is issued. The record keeps who entered it."""
    decision = queries.get_decision(line.decision_id)
    _alone(decision.application.call, decision, line)
    if decision.status != DecisionStatus.DRAFTED:
        raise Refused(_("The decision is issued, so its reasons are never changed. A correction is an act of its own."))
    if language not in queries.languages_of(decision):
        raise Refused(_("The decision is not written in this language."), status=422)
    if not text.strip():
        raise Refused(
            _("Write the reason as the panel agreed on it."), fields={"text": _("The reason is missing; write it here.")}, status=422
        )
    if not any(gap.line.id == line.id and gap.language == language for gap in queries.missing_reasons(decision)):
        raise Refused(_("This reason is there already; what the panel agreed on is not rewritten."))
    setattr(line, f"reason_{language}", text.strip())
    audit.record(COMPLETED, decision, by=by, criterion=line.criterion, language=language)


def issue(decision: Decision, *, by: User) -> None:
    """Make the act of a drafted decision: it stands from now on, its document is rendered and signed, the applicant is told."""
    _alone(decision.application.call, decision)
    _issue(decision, by=by)
    _close(decision.application.call, [decision.application], by=by)


def issue_all(proposal: Proposal, *, by: User) -> int:
    """Issue every drafted decision of an adopted proposal; all or none. Gives how many there were."""
    _alone(proposal.call, proposal)
    if proposal.status != ProposalStatus.ADOPTED:
        raise Refused(_("Decisions can be issued once the distribution is adopted."))
    drafted = [decision for decision in queries.decisions_of(proposal) if decision.status == DecisionStatus.DRAFTED]
    if not drafted:
        raise Refused(_("All decisions of this distribution are issued already."))
    incomplete = [decision for decision in drafted if queries.missing_reasons(decision)]
    if incomplete:
        raise Refused("\n".join(_what_is_missing(decision) for decision in incomplete), status=409)
    for decision in drafted:
        _issue(decision, by=by)
    _close(proposal.call, [decision.application for decision in drafted], by=by)
    return len(drafted)


def batch_of(proposal: Proposal) -> str:
    """The name under which the documents of one proposal are rendered, so that their progress can be shown."""
    return f"decisions:{proposal.id}"


def _alone(call: Call, *things: Proposal | Decision | DecisionLine) -> None:
    """One hand at a time on the money of a call; whoever waited here sees what the one before has done."""
    db.session.refresh(call, attribute_names=["status"], with_for_update={"of": Call, "key_share": True})
    for thing in things:
        names = ["reason_sl", "reason_it"] if isinstance(thing, DecisionLine) else ["status"]
        db.session.refresh(thing, attribute_names=names)


def _draft(award: Award, *, by: User) -> Decision:
    call, sheet = award.proposal.call, award.sheet
    written = lines.of_award(award)
    decision = Decision(
        award=award, application=award.application, number=running.next_number(call), languages=",".join(legal(call.languages)),
        criteria_count=len(written), amount_cents=award.amount_cents, sheet_data=sheet.data, sheet_sha256=sheet.sha256,
        rulebook_sha256=call.rulebook_sha256, parameter_set=call.parameter_set, drafted_at=clock.now(),
        led_by=award.proposal.prepared_by, lines=written,
    )  # fmt: skip
    workflow.start(decision, by=by, number=decision.number)
    db.session.flush()
    return decision


def _issue(decision: Decision, *, by: User) -> None:
    if decision.status != DecisionStatus.DRAFTED:
        raise Refused(_("The decision %(number)s is issued already.", number=decision.number))
    if queries.missing_reasons(decision) or len(decision.lines) != decision.criteria_count or not decision.lines:
        raise Refused(_what_is_missing(decision))
    if policy.is_party(by, decision):
        raise Refused(_("You act for the applicant of this decision, so you may not sign it. Another signer has to."))
    if sha256_of(decision.sheet_data) != sha256_of(decision.award.sheet.data) or decision.sheet_sha256 != decision.award.sheet.sha256:
        raise Refused(_("The score sheet behind decision %(number)s is not the one that the panel concluded. Tell the administrator; nothing was issued.", number=decision.number))  # fmt: skip
    decision.issued_at, decision.issued_by = clock.now(), by
    workflow.move(
        decision, DecisionStatus.ISSUED, by=by,
        number=decision.number, amount_cents=decision.amount_cents, sheet_sha256=decision.sheet_sha256,
    )  # fmt: skip
    languages = queries.languages_of(decision)
    documents.request(
        "decision", act.facts_of(decision, signature=documents.signature_facts()), subject=decision, number=decision.number,
        title=act.title_of(decision, languages[0]), language=languages[0], signed=True, batch=batch_of(decision.award.proposal),
    )  # fmt: skip
    messages.tell_party(decision)


def _what_is_missing(decision: Decision) -> str:
    gaps = queries.missing_reasons(decision)
    if not gaps:
        return _("Decision %(number)s does not have a line for every criterion, so it cannot be issued.", number=decision.number)
    named = "; ".join(f"{localized(gap.line.title)} ({gap.language})" for gap in gaps)
    return _(
        "Decision %(number)s cannot be issued: these criteria have no reason: %(criteria)s. The call officer enters the reason that the panel agreed on.",
        number=decision.number, criteria=named,
    )  # fmt: skip


def _close(call: Call, touched: Iterable[Application], *, by: User) -> None:
    """An application is decided with the last decision on it, over all pots of its track; a call with its last application.

    A pot of the track that has not been divided yet (a later round) keeps its applications open.
    """
    db.session.flush()
    settled = queries.settled_pots(call)
    pots_of_track = {track.id: {pot.id for pot in track.pots} for track in call.rulebook.tracks}
    for application in {application.id: application for application in touched}.values():
        if application.status != ApplicationStatus.IN_EVALUATION or not pots_of_track[application.track] <= settled:
            continue
        if all(decision.status == DecisionStatus.ISSUED for decision in queries.find_for(application)):
            office.mark_decided(application, by=by)
    db.session.flush()
    if call.status == CallStatus.OPENED and not queries.undecided_count(call) and not queries.drafted_count(call):
        running.conclude(call, by=by, decisions=queries.issued_count(call))


def _check_call(call: Call) -> None:
    if call.status == CallStatus.CONCLUDED:
        raise Refused(_("The call is concluded; all its money is decided on."))
    if call.status != CallStatus.OPENED:
        raise Refused(_("Money is divided only after the applications of the call were opened and scored."))


def _check_pots(call: Call, pots: Sequence[str]) -> list[str]:
    known = [pot.id for _track, pot in call.rulebook.pots()]
    chosen = [pot for pot in known if pot in pots]
    if not chosen:
        raise Refused(_("Choose at least one pot to divide."), fields={"pots": _("Choose at least one pot.")}, status=422)
    if strange := sorted(set(pots) - set(known)):
        raise Refused(_("This call has no money called “%(pot)s”.", pot=", ".join(strange)), status=422)
    settled = queries.settled_pots(call)
    if again := [pot for pot in chosen if pot in settled]:
        raise Refused(_("The division of “%(pot)s” was adopted already; it is not divided twice.", pot=_titles(call, again)))
    if queries.waiting_proposal(call, chosen):
        raise Refused(_("There is a distribution of this pot already that waits for the signer. Adopt or discard it first."))
    return chosen


def _check_leftovers(call: Call, chosen: Sequence[str]) -> None:
    """A pot that gets the leftover of another is divided together with it or after it."""
    settled = queries.settled_pots(call)
    for _track, pot in call.rulebook.pots():
        targets = [target for target in (pot.leftover.to if pot.leftover else ()) if target in chosen]
        if targets and pot.id not in chosen and pot.id not in settled:
            raise Refused(
                _(
                    "What is left of “%(source)s” joins “%(target)s” before its money is divided. Divide both together, or “%(source)s” first.",
                    source=_titles(call, [pot.id]), target=_titles(call, targets[:1]),
                )
            )  # fmt: skip
        chain = pot.leftover.to if pot.leftover else ()
        if targets and len(targets) < len(chain):
            raise Refused(
                _("What is left of “%(source)s” goes from one pot to the next. Divide these together: %(pots)s.", source=_titles(call, [pot.id]), pots=_titles(call, chain))
            )  # fmt: skip


def _check_evaluated(call: Call, chosen: Sequence[str]) -> None:
    """Every application of these tracks is out of the envelope, and scored or dismissed; else its share would be lost."""
    tracks = distribution.tracks_of(call, chosen)
    unread = queries.applications_of_track(call, tracks, ApplicationStatus.SUBMITTED, ApplicationStatus.OPENED)
    if unread:
        numbers = ", ".join(application.number or "" for application in unread)
        raise Refused(
            _(
                "These applications are neither scored nor dismissed: %(numbers)s. Take them into evaluation or dismiss them first.",
                numbers=numbers,
            )
        )
    for pot in chosen:
        if not distribution.is_scored(call, pot):
            raise Refused(_("The panel has not concluded the scoring of “%(pot)s”.", pot=_titles(call, [pot])))


def _titles(call: Call, pots: Sequence[str]) -> str:
    return ", ".join(localized(call.rulebook.pot(pot).title) for pot in pots)


def _check_prepared(proposal: Proposal) -> None:
    if proposal.status == ProposalStatus.ADOPTED:
        raise Refused(_("This distribution is adopted; it is not changed any more."))
    if proposal.status == ProposalStatus.DISCARDED:
        raise Refused(_("This distribution was discarded. Prepare a new one."))


def _check_four_eyes(proposal: Proposal, by: User) -> None:
    verdict = policy.may_adopt(by, proposal)
    if not verdict:
        raise Refused(verdict.reason or _("You may not adopt this distribution."), status=403)


def _check_unchanged(proposal: Proposal) -> None:
    """Compute it again: only what the published rule gives today is adopted."""
    again = distribution.compute(proposal.call, proposal.pots)
    if sha256_of(again.data) != proposal.allocation_sha256 or sha256_of(proposal.allocation) != proposal.allocation_sha256:
        raise Refused(
            _(
                "The computation gives another result than when it was prepared, because scores or applications changed. Discard it and prepare it again."
            )
        )
