"""A call before it is published: drafted, described, with its text, its rulebook and its documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from grants.accounts.models import User
from grants.base import audit, clock, files, transaction
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.language import LANGUAGES
from grants.base.workflow import start
from grants.calls import content as texts
from grants.calls import parameters, policy, queries, states
from grants.calls.models import (
    LARGEST_FILE_MB,
    LARGEST_TOTAL_MB,
    Call,
    CallDocument,
    CallKind,
    CaseRegister,
    Decider,
    Regime,
)  # fmt: skip
from grants.calls.municipality import municipality
from grants.calls.states import CallStatus
from scoring.findings import Finding
from scoring.rulebook import Rulebook

DOCUMENT_KINDS = ("pdf", "docx", "xlsx", "odt")
LARGEST_RULEBOOK = 512 * 1024
MOST_FILE_MB, MOST_TOTAL_MB = 100, 1000
"""More a call cannot allow: a file must fit into one request and through the virus check."""


class RulebookRefused(Refused):
    """A rulebook that cannot be used; `findings` says everything that is wrong with it, with line and column."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(
            _("The rulebook has errors. Every one of them is listed with its place; correct the file and send it again."), status=422
        )
        self.findings = tuple(findings)


def draft_call(
    *,
    by: User,
    reference: str,
    rulebook_text: str,
    title: Mapping[str, str],
    area: str,
    regime: str,
    kind: str,
    languages: Sequence[str],
    content: Mapping[str, Mapping[str, str]],
    budget_line: str,
    opens_at: datetime,
    closes_at: datetime,
    opening_at: datetime,
    decisions_due: date | None,
    acknowledged: Mapping[str, str] | None = None,
    decider: str = "",
    remedy: str = "",
    largest_file_mb: int = LARGEST_FILE_MB,
    largest_total_mb: int = LARGEST_TOTAL_MB,
) -> Call:
    """Begin a call from a rulebook. Decider and remedy are the usual ones of the regime unless given."""
    _known(area=area, regime=regime, kind=kind, languages=languages)
    if area not in queries.managed_areas(by):
        raise Refused(
            _("You do not prepare calls of this area. Choose one of your areas."), fields={"area": _("Not one of your areas")}, status=403
        )
    reference = _free_reference(reference)
    decider, remedy = _remedy(regime, decider, remedy)
    _timetable(opens_at, closes_at, opening_at, decisions_due)
    _limits(largest_file_mb, largest_total_mb)
    rulebook = _readable(rulebook_text)
    call = Call(
        reference=reference, title=clean_texts(title), area=area, regime=Regime(regime), kind=CallKind(kind), decider=Decider(decider),
        remedy=remedy, languages=[language for language in LANGUAGES if language in languages], content=_content(content),
        budget_line=budget_line.strip(), rulebook_text=rulebook_text, rulebook_data=rulebook.to_data(), rulebook_sha256=rulebook.sha256,
        acknowledged=clean_texts(acknowledged or {}), parameter_set=parameters.for_day(clock.today()).id, opens_at=opens_at,
        closes_at=closes_at, opening_at=opening_at, decisions_due=decisions_due, created_at=clock.now(), created_by_id=by.id,
        largest_file_mb=largest_file_mb, largest_total_mb=largest_total_mb,
    )  # fmt: skip
    start(call, by=by, reference=reference, rulebook_sha256=rulebook.sha256)
    db.session.flush()
    db.session.add(CaseRegister(call_id=call.id, last=0))
    return call


def describe(
    call: Call,
    *,
    by: User,
    reference: str,
    title: Mapping[str, str],
    kind: str,
    regime: str,
    decider: str,
    remedy: str,
    languages: Sequence[str],
    budget_line: str,
    opens_at: datetime,
    closes_at: datetime,
    opening_at: datetime,
    decisions_due: date | None,
    largest_file_mb: int = LARGEST_FILE_MB,
    largest_total_mb: int = LARGEST_TOTAL_MB,
) -> None:
    """Change the data of a draft: its name, procedure and timetable."""
    may_edit(call, by)
    _known(area=call.area, regime=regime, kind=kind, languages=languages)
    decider, remedy = _remedy(regime, decider, remedy)
    _timetable(opens_at, closes_at, opening_at, decisions_due)
    _limits(largest_file_mb, largest_total_mb)
    if reference.strip() != call.reference:
        reference = _free_reference(reference)
    wanted: dict[str, Any] = {
        "reference": reference.strip(), "title": clean_texts(title), "kind": CallKind(kind), "regime": Regime(regime),
        "decider": Decider(decider), "remedy": remedy, "languages": [one for one in LANGUAGES if one in languages],
        "budget_line": budget_line.strip(), "opens_at": opens_at, "closes_at": closes_at, "opening_at": opening_at,
        "decisions_due": decisions_due, "largest_file_mb": largest_file_mb, "largest_total_mb": largest_total_mb,
    }  # fmt: skip
    changed = [name for name, value in wanted.items() if getattr(call, name) != value]
    for name in changed:
        setattr(call, name, wanted[name])
    if changed:
        audit.record(states.DESCRIBED, call, by=by, fields=", ".join(changed))


def write_text(call: Call, language: str, parts: Mapping[str, str], *, by: User) -> None:
    """Write the text of a draft in one of its languages; parts that are not given stay as they are."""
    may_edit(call, by)
    changed = []
    content = {part: dict(said) for part, said in call.content.items()}
    for part, said in parts.items():
        if part not in texts.BY_ID:
            raise Refused(_("The text of a call has no part “%(part)s”.", part=part), status=422)
        if len(said) > texts.LONGEST:
            raise Refused(
                _("The part “%(part)s” is too long: %(count)s characters, at most %(most)s. Publish the rest as a document.",
                  part=texts.BY_ID[part].title, count=len(said), most=texts.LONGEST), fields={part: _("Too long")}, status=422,
            )  # fmt: skip
        said = said.replace("\r\n", "\n").strip()
        if said != content.get(part, {}).get(language, ""):
            content.setdefault(part, {})[language] = said
            changed.append(f"{part} ({language})")
    if changed:
        call.content = content
        audit.record(states.DESCRIBED, call, by=by, fields=", ".join(changed))


def replace_rulebook(call: Call, text: str, *, by: User) -> None:
    """Give a draft another rulebook. Accepted warnings that stand word for word in the new one stay accepted."""
    may_edit(call, by)
    rulebook = _readable(text)
    before = {queries.finding_key(one): one.message for one in queries.review(call).warnings}
    after = {queries.finding_key(one): one.message for one in queries.review_text(text, {})[1].warnings}
    kinds = {key.split("@", 1)[0] for key in after}
    call.acknowledged = {
        key: reason
        for key, reason in call.acknowledged.items()
        if (key in after and after[key] == before.get(key)) or ("@" not in key and key in kinds)
    }
    call.rulebook_text, call.rulebook_data, call.rulebook_sha256 = text, rulebook.to_data(), rulebook.sha256
    audit.record(states.REPLACED, call, by=by, rulebook_sha256=rulebook.sha256)


def acknowledge(call: Call, key: str, *, reason: str, by: User) -> None:
    """Accept a warning of the linter, with the reason why the rule is to stay as it is."""
    may_edit(call, by)
    finding = next((one for one in queries.review(call).warnings if queries.finding_key(one) == key), None)
    if finding is None:
        raise Refused(_("The rulebook has no such warning any more. Reload the page."))
    reason = reason.strip()
    if len(reason) < 10:
        raise Refused(
            _("Say in a sentence why the rule stays as it is: the reason is published with the call."),
            fields={"reason": _("Write the reason, at least ten characters")}, status=422,
        )  # fmt: skip
    call.acknowledged = {**call.acknowledged, key: reason}
    audit.record(states.ACKNOWLEDGED, call, by=by, code=finding.code, path=finding.path, reason=reason)


def add_document(call: Call, upload: files.Upload, *, title: Mapping[str, str], by: User) -> CallDocument:
    """Publish a file with the call."""
    transaction.begin_writing()
    db.session.refresh(call, attribute_names=["status"], with_for_update=True)
    db.session.expire(call, ["documents"])
    may_edit(call, by)
    if not clean_texts(title):
        raise Refused(_("Give the document a title."), fields={"title": _("Give the document a title.")}, status=422)
    if any(one.sha256 == upload.sha256 for one in call.documents):
        raise Refused(_("This very file is already among the documents of the call."), status=409)
    document = CallDocument(
        call_id=call.id, title=clean_texts(title), name=upload.name, media_type=upload.media_type, size=len(upload.data),
        sha256=files.store(upload.data), added_at=clock.now(),
    )  # fmt: skip
    call.documents.append(document)
    db.session.flush()
    audit.record(states.ATTACHED, call, by=by, name=upload.name, sha256=upload.sha256)
    return document


def remove_document(document: CallDocument, call: Call, *, by: User) -> None:
    """Take a file away from a draft."""
    may_edit(call, by)
    audit.record(states.DETACHED, call, by=by, name=document.name, sha256=document.sha256)
    call.documents.remove(document)
    db.session.delete(document)
    db.session.flush()


def may_edit(call: Call, by: User) -> None:
    if call.status != CallStatus.DRAFT:
        raise Refused(_("This call is published. Its rules, text and dates no longer change."))
    if not (verdict := policy.may_manage(by, call)):
        raise Refused(verdict.reason or _("You may not change this call."), status=403)


def _known(*, area: str, regime: str, kind: str, languages: Sequence[str]) -> None:
    if area not in municipality().areas:
        raise Refused(_("There is no area “%(area)s”. See municipality.yaml.", area=area), fields={"area": _("Choose an area")}, status=422)
    if regime not in set(Regime) or kind not in set(CallKind):
        raise Refused(_("Choose the procedure and the kind of the call."), status=422)
    if not languages or not set(languages) <= set(LANGUAGES):
        raise Refused(_("Choose at least one language of the call."), fields={"languages": _("Choose at least one language")}, status=422)


def _free_reference(reference: str) -> str:
    reference = reference.strip()
    if not reference or len(reference) > 40:
        raise Refused(_("Give the case number, for example 671-3/2026."), fields={"reference": _("At most 40 characters, for example 671-3/2026")}, status=422)  # fmt: skip
    if queries.find_call(reference) is not None:
        raise Refused(
            _("There is already a call with the case number %(reference)s.", reference=reference),
            fields={"reference": _("This case number is taken")}, status=409,
        )  # fmt: skip
    return reference


def _remedy(regime: str, decider: str, remedy: str) -> tuple[str, str]:
    for one, kind in parameters.deciders(regime):
        if decider in ("", one) and remedy in ("", kind):
            return one, kind
    raise Refused(
        _("In this procedure there is no such remedy against an act of this decider. Choose another one."),
        fields={"deciding": _("Not possible in this procedure")}, status=422,
    )  # fmt: skip


def _timetable(opens_at: datetime, closes_at: datetime, opening_at: datetime, decisions_due: date | None) -> None:
    fields = {}
    if closes_at <= opens_at:
        fields["closes_at"] = _("The call must close after it opens.")
    if opening_at < closes_at:
        fields["opening_at"] = _("The applications cannot be opened before the call closes.")
    if decisions_due is not None and decisions_due < clock.local(opening_at).date():
        fields["decisions_due"] = _("The decisions cannot be due before the applications are opened.")
    if fields:
        raise Refused(_("The timetable does not fit together: %(what)s", what=" ".join(fields.values())), fields=fields, status=422)


def _limits(largest_file_mb: int, largest_total_mb: int) -> None:
    fields = {}
    if not 1 <= largest_file_mb <= MOST_FILE_MB:
        fields["largest_file_mb"] = _("Write a number of megabytes from 1 to %(most)s.", most=MOST_FILE_MB)
    if not largest_file_mb <= largest_total_mb <= MOST_TOTAL_MB:
        fields["largest_total_mb"] = _(
            "All files together must have room for at least the largest one, and at most %(most)s MB.", most=MOST_TOTAL_MB
        )
    if fields:
        raise Refused(_("The limits for attachments do not fit: %(what)s", what=" ".join(fields.values())), fields=fields, status=422)


def _readable(text: str) -> Rulebook:
    if len(text.encode()) > LARGEST_RULEBOOK:
        raise Refused(_("The rulebook is larger than %(limit)s kB. It should hold rules, not documents.", limit=LARGEST_RULEBOOK // 1024), fields={"rulebook": _("Too large")}, status=413)  # fmt: skip
    rulebook, review = queries.review_text(text, {})
    if rulebook is None:
        raise RulebookRefused(review.errors)
    return rulebook


def clean_texts(text: Mapping[str, str]) -> dict[str, str]:
    return {language: said.strip() for language, said in text.items() if said and said.strip()}


def _content(content: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    unknown = sorted(set(content) - set(texts.BY_ID))
    if unknown:
        raise Refused(
            _("The text of a call has no part “%(part)s”. Parts: %(parts)s.", part=", ".join(unknown), parts=", ".join(texts.BY_ID)),
            status=422,
        )
    return {part: clean_texts(said) for part, said in content.items()}
