"""The stability of a proposal in the reader's language: a row for each award that a trial moves, and the trials in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from grants.base.language import localized, money, points
from grants.decisions.distribution import keys_of
from grants.decisions.models import Award, Proposal
from grants.decisions.stability import report
from scoring.rulebook import Rulebook


@dataclass(frozen=True)
class AwardRow:
    """One award that is not stable: what trials make of it."""

    award: Award
    pot_title: str
    trials: int
    least_cents: int
    most_cents: int

    @property
    def what(self) -> str:
        """What can happen to it, in words."""
        if not self.award.amount_cents:
            return _("would appear")
        return _("would vanish") if not self.least_cents else _("would change")


@dataclass(frozen=True)
class TrialRow:
    """One trial: what is changed, and what that does."""

    change: str
    effects: list[str]


@dataclass(frozen=True)
class Stability:
    """The kept report for a page."""

    percent: str
    members: int
    marks: int
    refused: int
    moving: int
    awards: list[AwardRow]
    trials: list[TrialRow]
    untried: int = 0
    failed: str = ""

    @property
    def tried(self) -> bool:
        """Whether there was any mark to try."""
        return bool(self.members or self.marks)

    @property
    def more(self) -> int:
        """How many moving trials are not listed."""
        return self.moving - len(self.trials)


def shown(proposal: Proposal) -> Stability | None:
    """The report of a proposal; None while it is being computed."""
    data = proposal.stability
    if data is None:
        return None
    if "failed" in data:
        return Stability("", 0, 0, 0, 0, [], [], failed=_failed(data["failed"]))
    keys = keys_of(proposal.call)
    awards = {(keys.get(award.application_id, ""), award.pot): award for award in proposal.awards}
    rulebook = proposal.call.rulebook
    rows = [
        AwardRow(
            awards[one["applicant"], one["pot"]], localized(rulebook.pot(one["pot"]).title), one["trials"], one["least_cents"], one["most_cents"]
        )
        for one in data["awards"]
    ]  # fmt: skip
    trials = [TrialRow(_change(rulebook, trial, awards), [_effect(shift, awards) for shift in trial["shifts"]]) for trial in data["trials"]]
    return Stability(data["percent"], data["members"], data["marks"], data["refused"], data["moving"], rows, trials, data.get("untried", 0))


def _failed(why: str) -> str:
    if why == report.ANOTHER_RESULT:
        return _(
            "It could not be computed: the scores, answers or lots of today give another result than this distribution. Discard it and prepare it again."
        )
    return _("It could not be computed: with the marks as they stand the published rules give no result.")


Awards = Mapping[tuple[str, str], Award]


def _number(awards: Awards, applicant: str, pot: str) -> str:
    return awards[applicant, pot].application.number or applicant


def _member(pseudonym: str) -> str:
    return pseudonym.removeprefix("member-")


def _change(rulebook: Rulebook, trial: Mapping[str, Any], awards: Awards) -> str:
    if trial["kind"] == "member":
        return _("The marks of member %(number)s are left out", number=_member(trial["member"]))
    pot = rulebook.pot(trial["pot"])
    titles = {criterion.id: localized(criterion.title) for criterion in pot.panel_criteria}
    title = titles[trial["criterion"]] + (f" ({trial['item']})" if trial["item"] else "")
    said = {
        "criterion": title, "application": _number(awards, trial["applicant"], trial["pot"]),
        "before": points(trial["before"]), "after": points(trial["after"]),
    }  # fmt: skip
    if trial["member"]:
        return _(
            "Member %(number)s gives %(after)s instead of %(before)s points for “%(criterion)s” to the application %(application)s",
            number=_member(trial["member"]), **said,
        )  # fmt: skip
    return _("The panel agrees on %(after)s instead of %(before)s points for “%(criterion)s” of the application %(application)s", **said)


def _effect(shift: Mapping[str, Any], awards: Awards) -> str:
    number = _number(awards, shift["applicant"], shift["pot"])
    before, after = money(shift["before_cents"]), money(shift["after_cents"])
    if shift["what"] == "appears":
        return _("%(application)s: %(after)s instead of nothing", application=number, after=after)
    if shift["what"] == "vanishes":
        return _("%(application)s: nothing instead of %(before)s", application=number, before=before)
    return _("%(application)s: %(after)s instead of %(before)s", application=number, before=before, after=after)
