"""The whole form of a track in the reader's language: for the page that everybody may read, and for the paper that can be filled by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from grants.base import clock, documents
from grants.base.language import in_language, instant, localized, money, percent
from grants.calls import parameters
from grants.calls.letters.rules.amounts import cited, points_said
from grants.calls.letters.rules.form import answer_said, limits_said
from grants.calls.letters.rules.formulas import Names, condition_said, formula_said, test_said
from grants.calls.models import Call
from grants.calls.municipality import municipality
from scoring.finance import FinancePlan
from scoring.form import form_of
from scoring.judging import Criterion
from scoring.questions import Condition, Fact, Section
from scoring.rulebook import Track
from scoring.sharing import Pot
from scoring.usage import Uses

KIND = "form"
MOST_BLANK_ROWS = 6
CHARACTERS_IN_A_LINE = 70
MOST_LINES = 22


def request_forms(call: Call) -> None:
    """Have the blank form of every track made as a document, in each language of the call."""
    for track in call.rulebook.tracks:
        for language in call.languages:
            with in_language(language):
                facts = paper_facts(call, track, language, dated=clock.local(clock.now()).isoformat(timespec="seconds"))
                title = _("Form: %(track)s", track=localized(track.title))
            documents.request(KIND, facts, subject=call, number=f"{call.reference}/{track.id}", title=title, language=language)


def paper_facts(call: Call, track: Track, language: str, *, dated: str) -> dict[str, Any]:
    """Everything that the printed form says, in the language of the moment."""
    office = municipality()
    return {
        "dated": dated, "languages": [language], "number": call.reference,
        "organ": localized(office.administration), "organ_address": f"{localized(office.address)} · {office.phone} · {office.email}",
        "state": None, "applicant": None, **form_facts(call, track),
    }  # fmt: skip


def form_facts(call: Call, track: Track) -> dict[str, Any]:
    """The form: its conditions, sections and questions, each with what decides about it and what it counts for."""
    feeds = _Feeds(track)
    loose = [fact for fact in track.facts if fact.section is None]
    sections = [_section(call, track, None, loose, feeds)] if loose else []
    for section in track.sections:
        facts = [fact for fact in track.facts if fact.section == section.id]
        if facts:
            sections.append(_section(call, track, section, facts, feeds))
    if track.plan is not None and sections and not any(section["plan"] for section in sections):
        sections[-1]["plan"] = _plan(call, track, track.plan)
    return {
        "call_title": localized(call.title) or call.reference, "track": localized(track.title), "article": track.article,
        "summary": localized(track.summary), "deadline": instant(call.closes_at),
        "conditions": [*(_condition(condition, track) for condition in _conditions(track)), *_joint(track)],
        "sections": sections, "judged": feeds.judged(), **({"joint": list(range(track.partners.most))} if track.partners is not None else {}),
    }  # fmt: skip


def _conditions(track: Track) -> Iterable[Condition]:
    seen = {condition.id: condition for condition in (*track.conditions, *(one for pot in track.pots for one in pot.conditions))}
    return seen.values()


def _condition(condition: Condition, track: Track) -> dict[str, Any]:
    return {"text": localized(condition.text), "article": condition.article, "said": condition_said(condition, track)}


def _joint(track: Track) -> list[dict[str, Any]]:
    """What holds for joint applications: how many partners there may be, and that an activity is entered once."""
    said = []
    if track.partners is not None:
        most = ngettext(
            "You may apply together with at most %(num)s partner organisation. It must agree before the application is submitted.",
            "You may apply together with at most %(num)s partner organisations. Each of them must agree before the application is submitted.",
            track.partners.most,
        )
        said.append((most, track.partners.article))
    if track.activity is not None:
        said.append((_("The same activity may be entered in this call only once."), track.activity.article))
    return [{"text": text, "article": article, "said": []} for text, article in said]


def _section(call: Call, track: Track, section: Section | None, facts: list[Fact], feeds: _Feeds) -> dict[str, Any]:
    names = Names(track)
    when = None if section is None else section.when
    plan = track.plan if track.plan is not None and section is not None and track.plan.section == section.id else None
    return {
        "id": "questions" if section is None else section.id, "title": _("Questions") if section is None else localized(section.title),
        "help": "" if section is None else localized(section.help),
        "when": "" if when is None else _("This section is asked only if %(test)s.", test=test_said(when, names)),
        "questions": [_question(track, fact, names, feeds) for fact in facts], "plan": None if plan is None else _plan(call, track, plan),
    }  # fmt: skip


def _question(track: Track, fact: Fact, names: Names, feeds: _Feeds) -> dict[str, Any]:
    words = fact.legal or fact.consent
    proof = "" if fact.proof is None else _("Proof: %(proof)s", proof=localized(fact.proof))
    if proof and fact.unproven == "nothing":
        proof = f"{proof} " + _("Without proof it counts as nothing.")
    return {
        "id": fact.id, "kind": "computed" if fact.id in form_of(track).computed else fact.kind, "label": _with_unit(fact), "required": fact.required,
        "answer": answer_said(fact), "limits": limits_said(fact), "public": fact.public, "personal": fact.personal, "help": localized(fact.help),
        "choices": [localized(one.label) for one in fact.choices],
        "columns": [_column(column) for column in fact.columns],
        "proof": proof, "checked_in": "" if fact.checked_in is None else _("Checked in: %(register)s", register=localized(fact.checked_in)),
        "when": "" if fact.when is None else _("Asked only if %(test)s.", test=test_said(fact.when, names)),
        "computed": _computed(track, fact, names),
        "legal": None if words is None else {
            "text": localized(words.text), "article": words.article,
            "records": "" if fact.consent is None else _("Fetched from: %(records)s. If you do not agree, you attach the proof yourself.", records=localized(fact.consent.records)),
        },
        "feeds": feeds.of(fact), "rows": list(range(max(fact.min_rows, min(fact.max_rows, MOST_BLANK_ROWS)))),
        "lines": list(range(min(MOST_LINES, 3 + (fact.max_length or 1000) // CHARACTERS_IN_A_LINE))) if fact.kind == "longtext" else [0],
    }  # fmt: skip


def _with_unit(fact: Fact) -> str:
    unit = "EUR" if fact.kind == "money" else fact.unit
    return f"{localized(fact.label)} ({unit})" if unit else localized(fact.label)


def _column(column: Fact) -> dict[str, Any]:
    return {
        "label": _with_unit(column), "required": column.required, "answer": answer_said(column), "limits": limits_said(column),
        "choices": [localized(one.label) for one in column.choices], "help": localized(column.help), "total": column.total,
        "amount": column.kind in ("money", "integer", "decimal"),
    }  # fmt: skip


def _computed(track: Track, fact: Fact, names: Names) -> str:
    if fact.formula is not None:
        return _("Computed by the formula %(formula)s", formula=formula_said(fact.formula, names))
    if track.partners is not None and fact.id == track.partners.count:
        return _("Counted from the partners that you name.")
    if fact.id in form_of(track).computed:
        return _("Computed from the hours above and from what an hour is worth by law.")
    return ""


def _plan(call: Call, track: Track, plan: FinancePlan) -> dict[str, Any]:
    """The finance plan: that both sides are equal, the shares, and what volunteer hours are worth."""
    rules = [_("Costs and income are equal to the cent.")]
    rules += [f"{localized(share.text)} ({share.article})" for share in plan.shares]
    for share in plan.shares:
        sources = ", ".join(localized(track.fact(name).label) for name in share.of)
        ends = [_("at least %(value)s", value=percent(share.least / 100))] if share.least is not None else []
        ends += [_("at most %(value)s", value=percent(share.most / 100))] if share.most is not None else []
        rules.append(_("%(sources)s together: %(share)s of all costs.", sources=sources, share=", ".join(ends)))
    return {
        "title": localized(plan.title),
        "article": plan.article,
        "rules": rules,
        "stands": [],
        "volunteers": volunteers_said(plan, call),
    }


def volunteers_said(plan: FinancePlan, call: Call) -> str:
    """What an hour of volunteer work is worth, by which rule, and whose hours count."""
    if plan.volunteers is None:
        return ""
    numbers = parameters.get(call.parameter_set)
    rates = numbers.volunteer_rates()
    names = {"organisational": _("organisational work"), "substantive": _("work in the programme"), "other": _("other work")}
    said = ", ".join(f"{names[kind]} {money(rates[kind])}" for kind in plan.volunteers.hours)
    reference = numbers.basis["volunteer_organisational_cents"].reference
    return _(
        "An hour of volunteer work is worth: %(rates)s (%(reference)s). The hours of a registered volunteer organisation count as a cost and as own income (%(article)s).",
        rates=said, reference=reference, article=plan.volunteers.article,
    )  # fmt: skip


class _Feeds:
    """What each question counts for: the criteria, conditions and ceilings that look at it."""

    def __init__(self, track: Track) -> None:
        self.track = track
        self.several = len(track.pots) > 1
        self.found: dict[str, list[str]] = {}
        for pot in track.pots:
            items = () if pot.items is None else (pot.items.table,)
            for criterion in pot.criteria:
                if criterion.kind != "panel":
                    uses = Uses(track)
                    uses.criterion(criterion, items)
                    self._note(uses, self._criterion(pot, criterion))
            uses = Uses(track)
            uses.money(pot)
            self._note(uses, cited(_("Limits or sets the amount"), pot.article))
        for condition in _conditions(track):
            uses = Uses(track)
            uses.condition(condition)
            self._note(uses, cited(_("Condition: %(text)s", text=localized(condition.text)), condition.article))

    def _criterion(self, pot: Pot, criterion: Criterion) -> str:
        title = localized(criterion.title)
        if self.several:
            title = f"{localized(pot.title)}: {title}"
        if criterion.maximum is None:
            return cited(_("Criterion “%(title)s”", title=title), criterion.article)
        return cited(_("Criterion “%(title)s”, at most %(points)s", title=title, points=points_said(criterion.maximum)), criterion.article)

    def _note(self, uses: Uses, said: str) -> None:
        for name in uses.facts:
            own = self.found.setdefault(name, [])
            if said not in own:
                own.append(said)

    def of(self, fact: Fact) -> list[str]:
        """In the order of the rules."""
        return self.found.get(fact.id, [])

    def judged(self) -> list[str]:
        """What the committee judges from the application as a whole."""
        said = [self._criterion(pot, one) for pot in self.track.pots for one in pot.criteria if one.kind == "panel"]
        return list(dict.fromkeys(said))
