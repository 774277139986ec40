"""A draft beside an earlier application, question by question: what was answered then, how it was asked, and what can be copied."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from grants.accounts.models import User
from grants.applications import answers, presentation, queries
from grants.applications.earlier import comparing, finding
from grants.applications.earlier.comparing import NOTHING, Offer, Reading
from grants.applications.earlier.finding import Earlier
from grants.applications.models import Application, Attachment
from scoring.facts import FactError, check_fact
from scoring.form import form_of
from scoring.questions import Fact
from scoring.usage import Uses


@dataclass(frozen=True)
class Question:
    """A question of the draft that was asked earlier too."""

    fact: Fact
    answer: presentation.Answer
    readings: tuple[Reading, ...]
    offer: Offer
    answered: bool
    same: bool
    is_declared: bool = False
    """Whether taking part depends on this yes or no: somebody says it anew, one question at a time."""

    @property
    def before(self) -> Fact:
        """The question as it was."""
        return self.answer.fact

    @property
    def has_answer(self) -> bool:
        """Whether there is anything to show."""
        return self.answer.says_something

    @property
    def to_read_again(self) -> bool:
        """Whether the draft holds the earlier answer although the question has changed."""
        return self.same and bool(self.readings) and self.fact.prefill is None

    @property
    def can_be_copied(self) -> bool:
        """Whether pressing the button would change anything."""
        return bool(self.offer.value) and not self.same

    @property
    def fits_an_empty_question(self) -> bool:
        """Whether it is copied together with others."""
        return bool(self.offer.value) and self.offer.holds and not self.answered and not self.is_declared

    @property
    def file_hashes(self) -> frozenset[str]:
        """The content of the files that were attached."""
        return frozenset(one["sha256"] for one in self.answer.value or ()) if self.before.kind == "file" else frozenset()


@dataclass(frozen=True)
class Beside:
    """An earlier application with what it says to each question of a draft; and the answers to questions that are no longer asked."""

    earlier: Earlier
    others: tuple[Earlier, ...]
    questions: dict[str, Question]
    gone: tuple[presentation.Answer, ...]
    new: frozenset[str]
    is_chosen: bool

    @property
    def year(self) -> int:
        """The year of the earlier application."""
        return self.earlier.year

    def to_copy(self, application: Application, attachments: Sequence[Attachment] | None = None) -> dict[str, Any]:
        """What fits into the empty questions of the draft that are asked, or are asked once all of it is copied."""
        fitting = {name: one.offer.value for name, one in self.questions.items() if one.fits_an_empty_question}
        if not fitting:
            return {}
        asked = answers.check_draft(application, typed=fitting, attachments=attachments).asked
        return {name: value for name, value in fitting.items() if name in asked}


def find(application: Application, *, by: User, chosen: int | None = None) -> Beside | None:
    """The earlier application beside a draft as it is saved: the chosen one, else the best. None when there is none, or it is not one to choose."""
    found = finding.all_of(application, by=by)
    best = finding.best_of(application, found)
    earlier = best if chosen is None else next((one for one in found if one.id == chosen), None)
    if earlier is None:
        return None
    track, before = queries.track_of(application.call, application.track), earlier.track
    content = earlier.submission.content
    attached: dict[str, list[Any]] = {}
    for one in content["attachments"]:
        attached.setdefault(one["fact"], []).append(one)
    said = {
        answer.fact.id: answer
        for section in presentation.sections(before, content["answers"], attached, written=presentation.as_written(content))
        for answer in section.answers
    }
    conditions = Uses(track)
    for condition in track.conditions:
        conditions.condition(condition)
    here, then = form_of(track).computed, form_of(before).computed
    known = {fact.id: fact for fact in before.facts}
    questions = {
        fact.id: _question(
            application, fact, said.get(fact.id, presentation.Answer(known[fact.id])), content["answers"].get(fact.id), conditions.facts
        )
        for fact in track.facts
        if fact.id in known and fact.id not in here | then and not (_is_declared(fact) or _is_declared(known[fact.id]))
    }
    now = {fact.id for fact in track.facts}
    shared = finding.common(track, before)
    people = frozenset(fact.id for fact in track.facts if finding.is_asked_of_people(track, fact))
    return Beside(
        earlier, tuple(found), questions,
        gone=tuple(one for name, one in said.items() if name not in now | then and not _is_declared(one.fact) and one.says_something),
        # Where most is new, another form stands beside this one, and saying so at each question helps nobody.
        new=people - set(known) if 2 * len(shared) >= len(people) else frozenset(), is_chosen=earlier is not best,
    )  # fmt: skip


def _question(application: Application, fact: Fact, answer: presentation.Answer, value: Any, decisive: Collection[str]) -> Question:
    if "file" in (fact.kind, answer.fact.kind):
        return Question(fact, answer, comparing.readings(fact, answer.fact), NOTHING, answered=False, same=False)
    saved = answers.as_typed(fact, application.answers.get(fact.id))
    offer = comparing.offer(fact, answer.fact, value)
    same = bool(saved and offer.value) and _value(fact, offer.value) == _value(fact, saved)
    if fact.prefill is not None and offer.value:
        offer = Offer(left=(_("This comes from the data of your organisation and is not copied."),))
    return Question(
        fact, answer, comparing.readings(fact, answer.fact), offer, bool(saved), same, fact.kind == "boolean" and fact.id in decisive
    )


def _value(fact: Fact, typed: Any) -> Any:
    """What an answer of a draft means; what is wrong means itself."""
    try:
        return check_fact(fact, typed)
    except FactError:
        return answers.as_typed(fact, typed)


def _is_declared(fact: Fact) -> bool:
    return fact.legal is not None or fact.consent is not None
