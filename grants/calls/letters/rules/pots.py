"""Everything that decides about the money of one pot, row by row."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from grants.base.language import localized
from grants.calls.letters.rules import money
from grants.calls.letters.rules.amounts import cited, maximum_said, number_said, percent_said, points_said, quoted
from grants.calls.letters.rules.formulas import Names, condition_said, formula_said
from scoring.judging import SecondPass, Threshold
from scoring.rulebook import Rulebook, Track
from scoring.sharing import Pot


def rules_said(pot: Pot, track: Track, rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    """Everything beside the criteria that decides about the money of a pot: (what, rule)."""
    part = money.parts_of_fund(pot, rulebook)
    if part:
        yield _("Amount"), part
    if pot.items is not None:
        yield _("What is scored"), _items(pot, track)
    for condition in pot.conditions:
        said = [localized(condition.text), *condition_said(condition, track)]
        yield _("Condition for this money"), cited(" ".join(said), condition.article)
    yield _("Division"), " ".join(money.engine_said(pot, track))
    if pot.above_maximum is not None:
        yield _("Most points"), _("What goes beyond %(maximum)s points is cut.", maximum=maximum_said(pot.maximum))
    if pot.threshold is not None:
        yield _("Threshold"), _threshold(pot.threshold, pot)
    for gate in pot.gates:
        names = Names(track, pot)
        said = _("%(text)s Needed: %(test)s.", text=localized(gate.text), test=formula_said(gate.holds, names))
        yield _("Also needed"), cited(said, gate.article)
    for second in pot.second_pass:
        yield _("Second pass"), _second_pass(second, pot, track)
    if pot.panel_criteria:
        yield _("Marks of the committee"), _marks(pot)
    ceilings = list(money.ceilings_said(pot, track))
    if ceilings:
        yield _("Ceilings"), " ".join(ceilings)
    least = money.least_award_said(pot)
    if least:
        yield _("Smallest award"), least
    balance = money.balance_said(pot, track)
    if balance:
        yield _("Balance"), " ".join(balance)
    yield _("Rounding"), " ".join(money.rounding_said(pot))
    yield _("Ties"), money.ties_said(pot)
    yield _("What is left over"), money.leftover_said(pot, rulebook)


def _items(pot: Pot, track: Track) -> str:
    assert pot.items is not None
    names = Names(track, table=pot.items.table)
    table = Names(track).title(pot.items.table)
    if pot.items.where is None:
        return _("Every row of “%(table)s” is scored and funded on its own.", table=table)
    test = formula_said(pot.items.where, names)
    return _("Every row of “%(table)s” for which %(test)s is scored and funded on its own.", table=table, test=test)


def _threshold(threshold: Threshold, pot: Pot) -> str:
    if threshold.relative is not None:
        share = percent_said(threshold.relative.percent)
        what = {
            "best": _("the points of the best application"), "mean": _("the average of all applications"),
            "median": _("the middle of all applications"), "sum": _("the sum of the points of all applications"),
        }[threshold.relative.of]  # fmt: skip
        said = (
            _("At least %(share)s of this is needed: %(what)s.", share=share, what=what)
            if threshold.inclusive
            else _("More than %(share)s of this is needed: %(what)s.", share=share, what=what)
        )
    else:
        assert threshold.minimum is not None
        least = points_said(threshold.minimum)
        if pot.maximum is None:
            said = (
                _("At least %(points)s are needed.", points=least)
                if threshold.inclusive
                else _("More than %(points)s are needed.", points=least)
            )
        elif threshold.inclusive:
            said = _("At least %(points)s of %(maximum)s are needed.", points=least, maximum=maximum_said(pot.maximum))
        else:
            said = _("More than %(points)s of %(maximum)s are needed.", points=least, maximum=maximum_said(pot.maximum))
    return cited(said, threshold.article) + " " + _("The exact number of points is compared, without rounding.")


def _second_pass(second: SecondPass, pot: Pot, track: Track) -> str:
    names = Names(track)
    by = quoted(localized(pot.criterion(second.by).title)) if second.by else _("all points")
    gain = (
        _("their points are multiplied by %(factor)s", factor=number_said(second.factor))
        if second.factor is not None
        else _("they get %(points)s more", points=points_said(second.points or 0 * second.best))
    )
    said = [
        _("%(title)s: after scoring, the best %(count)s of each group by %(group)s are looked for (compared by %(by)s), and %(gain)s.",
          title=localized(second.title), count=number_said(second.best), group=names.label(second.group), by=by, gain=gain)
    ]  # fmt: skip
    if second.among is not None:
        said.append(_("Only among those for whom %(test)s.", test=formula_said(second.among, names)))
    said.append(
        _("Those who are equal in the last place all count.")
        if second.equals == "all"
        else _("Of those who are equal in the last place none counts.")
    )
    return cited(" ".join(said), second.article)


def _marks(pot: Pot) -> str:
    said = {
        "agreed": _("The committee agrees on one mark for each criterion."),
        "mean": _("The average of the marks of all members counts, exactly and without rounding."),
        "trimmed_mean": _("The highest and the lowest mark are left out; the average of the rest counts, exactly and without rounding."),
        "median": _("The middle one of the marks of all members counts."),
    }[pot.aggregation]
    if pot.least_marks > 1 and pot.aggregation != "agreed":
        said += " " + _("Least number of marks: %(count)s.", count=pot.least_marks)
    return said
