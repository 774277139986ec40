"""Criteria in words: how the points of each come about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import gettext as _

from grants.base.language import localized
from grants.calls.letters.rules.amounts import band_said, cited, number_said, points_said
from grants.calls.letters.rules.formulas import Names, formula_said
from scoring.judging import Criterion, Descriptor, Table
from scoring.questions import Fact
from scoring.rulebook import Track
from scoring.sharing import Pot


@dataclass(frozen=True)
class Scale:
    """How a criterion gives points: sentences before, pairs of what and how many points, sentences after."""

    lead: list[str]
    steps: list[tuple[str, str]]
    after: list[str]


def scale(criterion: Criterion, track: Track, pot: Pot | None = None) -> Scale:
    """How the points of one criterion come about."""
    row = criterion.each or (pot.items.table if pot is not None and pot.items is not None else "")
    names = Names(track, table=row)
    fact = names.fact(criterion.fact or "")
    lead, steps, after = list(_lead(criterion, names)), [], []
    if criterion.tables:
        for one, table in criterion.tables.items():
            title = names.answer(criterion.class_ or "", one)
            steps += [(f"{title}: {what}", worth) for what, worth in _table(table, fact, criterion, names)]
            after += [f"{title}: {said}" for said in _most_units(table.most_units, names)]
        after.append(_("A class without a table gets no points."))
    else:
        own = Table(bands=criterion.bands, per_unit=criterion.per_unit, choices=criterion.choices)
        steps += _table(own, fact, criterion, names)
        after += _most_units(criterion.most_units, names)
    match criterion.kind:
        case "flag" if criterion.points is not None:
            steps += [(_("yes"), points_said(criterion.points)), (_("no"), points_said(Fraction(0)))]
        case "formula" if criterion.formula is not None:
            lead.append(_("Computed by the formula %(formula)s", formula=formula_said(criterion.formula, names)))
        case "components":
            _components(criterion, names, lead, steps, after)
        case "panel":
            _panel(criterion, lead, steps, after)
    if criterion.gap_reason:
        after.append(_("A value in none of these bands gives no points: %(reason)s", reason=localized(criterion.gap_reason)))
    if criterion.each:
        after.append(_("The points of all rows are added up."))
    if criterion.threshold is not None and criterion.threshold.minimum is not None:
        least = points_said(criterion.threshold.minimum)
        said = (
            _("Whoever reaches less than %(points)s here gets nothing.", points=least)
            if criterion.threshold.inclusive
            else _("Whoever does not reach more than %(points)s here gets nothing.", points=least)
        )
        after.append(cited(said, criterion.threshold.article))
    return Scale(lead, steps, after)


def _lead(criterion: Criterion, names: Names) -> Iterator[str]:
    if criterion.each:
        yield _("Computed for every row of “%(table)s”.", table=names.title(criterion.each))
    if criterion.when is not None:
        yield _("Only if %(test)s; otherwise 0 points.", test=formula_said(criterion.when, names))
        if criterion.otherwise:
            yield localized(criterion.otherwise)
    if criterion.fact is not None:
        yield _("Computed from the answer “%(question)s”.", question=names.title(criterion.fact))
    if criterion.class_ is not None:
        yield _("Which table counts depends on %(what)s.", what=names.label(criterion.class_))


def _table(table: Table, fact: Fact | None, criterion: Criterion, names: Names) -> Iterator[tuple[str, str]]:
    for band in table.bands:
        yield band_said(band, fact), points_said(band.points)
    if table.per_unit is not None:
        unit = fact.unit if fact is not None and fact.unit else _("unit")
        yield _("for each (%(unit)s)", unit=unit), points_said(table.per_unit)
    for one in table.choices:
        yield names.answer(criterion.fact or "", one.choice), points_said(one.points)


def _most_units(most: str | None, names: Names) -> list[str]:
    return [] if most is None else [_("At most %(count)s are counted.", count=formula_said(most, names))]


def _components(criterion: Criterion, names: Names, lead: list[str], steps: list[tuple[str, str]], after: list[str]) -> None:
    lead.append(_("The sum of these parts:"))
    for one in criterion.components:
        said = formula_said(one.formula, names)
        if one.normed:
            said = _("%(formula)s, reduced when the group is not full", formula=said)
        if one.needs is not None:
            said = _("%(formula)s, only if %(test)s", formula=said, test=formula_said(one.needs, names))
        steps.append((cited(localized(one.title), one.article), said))
    if criterion.norm is not None:
        norm = criterion.norm
        said = _(
            "The group is full to the share of %(actual)s in the norm %(norm)s, never more than whole.",
            actual=formula_said(norm.actual, names), norm=formula_said(norm.norm, names),
        )  # fmt: skip
        after.append(cited(said, norm.article))
        if norm.unless is not None:
            after.append(_("Nothing is reduced if %(test)s.", test=formula_said(norm.unless, names)))


def _panel(criterion: Criterion, lead: list[str], steps: list[tuple[str, str]], after: list[str]) -> None:
    if criterion.subcriteria:
        lead.append(_("Judged by the committee, part by part:"))
        for one in criterion.subcriteria:
            said = _("from %(low)s to %(high)s", low=number_said(one.minimum), high=points_said(one.maximum))
            said = _("%(range)s, step of a mark: %(step)s", range=said, step=points_said(one.step))
            steps.append((localized(one.title), f"{said}. {localized(one.description)}".strip() if one.description else said))
            steps += [(f"{localized(one.title)}: {what}", text) for what, text in _descriptors(one.descriptors)]
    else:
        lead.append(_("Judged by the committee; step of a mark: %(step)s.", step=points_said(criterion.step)))
        if criterion.minimum > 0:
            lead.append(_("The lowest mark is %(points)s.", points=points_said(criterion.minimum)))
        steps += _descriptors(criterion.descriptors)
    after.append(_("The committee gives a reason for every mark below the maximum."))


def _descriptors(descriptors: tuple[Descriptor, ...]) -> Iterator[tuple[str, str]]:
    for one in descriptors:
        yield _("%(value)s or more", value=points_said(one.points)), localized(one.text)
