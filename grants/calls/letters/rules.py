"""The rules of a call in words: criteria, thresholds, pots, rounding and the form, for a reader who never saw a rulebook file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import gettext as _
from flask_babel import ngettext

from grants.base.language import day, localized, money, number, percent, points
from scoring.formula import read_formula
from scoring.money import number_text
from scoring.rulebook import Band, Criterion, Fact, Pot, Rulebook, Track


@dataclass(frozen=True)
class Scale:
    """How a criterion gives points: sentences before, pairs of what and how many points, sentences after."""

    lead: list[str]
    steps: list[tuple[str, str]]
    after: list[str]


def points_said(value: Fraction) -> str:
    """ "3 points" in the plural of the language; "2.5 points" as the language counts fractions."""
    count = int(value) if value.denominator == 1 else 3
    return ngettext("%(points)s point", "%(points)s points", abs(count), points=points(value))


def amount_said(value: Fraction, fact: Fact | None) -> str:
    """A number with the unit of its fact."""
    if fact is not None and fact.kind == "money":
        return money(int(value * 100)) if (value * 100).denominator == 1 else f"{points(value)}\u00a0EUR"
    shown = number(number_text(value)) if "/" not in number_text(value) else points(value)
    return f"{shown}\u00a0{fact.unit}" if fact is not None and fact.unit else shown


def band_said(band: Band, fact: Fact | None) -> str:
    """The values that a band covers; says whether the ends belong to it."""
    low, high = band.low, band.high
    if low is None and high is None:
        return _("any value")
    if low is None:
        assert high is not None
        end = amount_said(high[0], fact)
        return _("%(value)s or less", value=end) if high[1] else _("less than %(value)s", value=end)
    start = amount_said(low[0], fact)
    if high is None:
        return _("%(value)s or more", value=start) if low[1] else _("more than %(value)s", value=start)
    if low[0] == high[0]:
        return _("exactly %(value)s", value=start)
    end = amount_said(high[0], fact)
    if low[1]:
        return (
            _("from %(low)s to %(high)s", low=start, high=end) if high[1] else _("from %(low)s to less than %(high)s", low=start, high=end)
        )
    return (
        _("more than %(low)s, up to %(high)s", low=start, high=end)
        if high[1]
        else _("more than %(low)s, less than %(high)s", low=start, high=end)
    )


def scale(criterion: Criterion, track: Track) -> Scale:
    """How the points of one criterion come about."""
    facts = {fact.id: fact for fact in track.facts}
    fact = facts.get(criterion.fact or "")
    asked = localized(fact.label) if fact is not None else ""
    lead = [_("Computed from the answer “%(question)s”.", question=asked)] if fact is not None else []
    steps: list[tuple[str, str]] = []
    after: list[str] = []
    if criterion.kind == "bands":
        steps = [(band_said(band, fact), points_said(band.points)) for band in criterion.bands]
        if criterion.gap_reason:
            after = [_("A value in none of these bands gives no points: %(reason)s", reason=localized(criterion.gap_reason))]
    elif criterion.kind == "per_unit" and criterion.per_unit is not None:
        unit = fact.unit if fact is not None and fact.unit else _("unit")
        steps = [(_("for each (%(unit)s)", unit=unit), points_said(criterion.per_unit))]
        if criterion.most_units is not None:
            after = [_("At most %(count)s are counted.", count=number(number_text(criterion.most_units)))]
    elif criterion.kind == "choice":
        labels = {choice.id: localized(choice.label) for choice in (fact.choices if fact is not None else ())}
        steps = [(labels.get(one.choice, one.choice), points_said(one.points)) for one in criterion.choices]
    elif criterion.kind == "flag" and criterion.points is not None:
        steps = [(_("yes"), points_said(criterion.points)), (_("no"), points_said(Fraction(0)))]
    elif criterion.kind == "formula" and criterion.formula is not None:
        lead = [_("Computed by the formula %(formula)s", formula=criterion.formula)]
        read = read_formula(criterion.formula)
        named = sorted({*read.names, *(table for table, _column in read.tables)})
        steps = [(name, localized(facts[name].label)) for name in named if name in facts]
    elif criterion.kind == "panel":
        lead = [_("Judged by the committee; step of a mark: %(step)s.", step=points_said(criterion.step))]
        steps = [(_("%(value)s or more", value=points_said(one.points)), localized(one.text)) for one in criterion.descriptors]
        after = [_("The committee gives a reason for every mark below the maximum.")]
    return Scale(lead, steps, after)


def engine_said(pot: Pot) -> str:
    """By which rule the money of a pot is divided."""
    return {
        "point_value": _("The money is divided by points: the amount, divided by the sum of the points of all applications that take part, is the value of a point; each application gets its points times that value."),
        "share_of_request": _("Each application gets the share of the amount it asks for that its points are of the maximum; if there is not enough money for all, all are reduced in the same proportion."),
        "actual_cost": _("Recognised actual costs are paid; if there is not enough money for all, all are reduced in the same proportion."),
    }[pot.engine]  # fmt: skip


def rules_said(pot: Pot, track: Track, rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    """Everything else that decides about the money of a pot: (what, rule)."""
    yield _("Division"), engine_said(pot)
    if pot.threshold is not None:
        least = points_said(pot.threshold.minimum)
        said = _("At least %(points)s of %(maximum)s are needed.", points=least, maximum=points(pot.maximum))
        if not pot.threshold.inclusive:
            said = _("More than %(points)s of %(maximum)s are needed.", points=least, maximum=points(pot.maximum))
        if pot.threshold.article:
            said += f" ({pot.threshold.article})"
        yield _("Threshold"), said + " " + _("The exact number of points is compared, without rounding.")
    if pot.panel_criteria:
        yield (
            _("Marks of the committee"),
            {
                "agreed": _("The committee agrees on one mark for each criterion."),
                "mean": _("The average of the marks of all members counts, exactly and without rounding."),
                "trimmed_mean": _(
                    "The highest and the lowest mark are left out; the average of the rest counts, exactly and without rounding."
                ),
                "median": _("The middle one of the marks of all members counts."),
            }[pot.aggregation],
        )
    ceilings = list(_ceilings(pot, track))
    if ceilings:
        if pot.engine == "point_value":
            ceilings.append(_("What a ceiling cuts off is divided again among the others."))
        yield _("Ceilings"), " ".join(ceilings)
    if pot.minimum_award is not None:
        least = money(pot.minimum_award.amount)
        yield (
            _("Smallest award"),
            (
                _("An award that would be below %(amount)s is not given; its money is divided again.", amount=least)
                if pot.minimum_award.below == "drop"
                else _("An award that would be below %(amount)s is raised to that amount.", amount=least)
            ),
        )
    yield _("Rounding"), " ".join(_rounding(pot))
    if pot.leftover_to is not None:
        target = rulebook.pot(pot.leftover_to)
        yield (
            _("What is left over"),
            _("Money that is not used joins “%(pot)s” before the value of a point is computed there.", pot=localized(target.title)),
        )
    else:
        yield _("What is left over"), _("Money that is not used stays in the budget.")


def _ceilings(pot: Pot, track: Track) -> Iterator[str]:
    labels = {fact.id: localized(fact.label) for fact in track.facts}
    if pot.caps.request:
        yield _("Nobody gets more than asked for (“%(question)s”).", question=labels[pot.caps.request])
    if pot.caps.amount is not None:
        yield _("Nobody gets more than %(amount)s.", amount=money(pot.caps.amount))
    if pot.caps.cost:
        share = percent(pot.caps.cost_share if pot.caps.cost_share is not None else Fraction(1))
        yield _("At most %(share)s of the costs are co-financed (“%(question)s”).", share=share, question=labels[pot.caps.cost])


def _rounding(pot: Pot) -> Iterator[str]:
    rules = pot.rules
    if pot.engine == "point_value":
        yield {
            "exact": _("The value of a point is not rounded."),
            "cut": _("The value of a point is cut off; decimals kept: %(count)s.", count=rules.decimals),
            "half_up": _("The value of a point is rounded, halves upwards; decimals kept: %(count)s.", count=rules.decimals),
        }[rules.point_value]
    unit = {
        "0.01": _("Awards are whole cents."), "1": _("Awards are whole euros."),
        "10": _("Awards are whole tens of euros."), "100": _("Awards are whole hundreds of euros."),
    }[rules.award_unit]  # fmt: skip
    if rules.closing == "largest_remainder":
        yield (
            unit + " " + _("Each award is first rounded down; what then remains goes, one unit each, to those who lost most by rounding.")
        )
        order = {
            "more_points": _("more points"),
            "earlier_submission": _("the earlier complete application"),
            "applicant": _("the alphabet"),
        }
        yield _("Among equals decides: %(order)s.", order=", ".join(order[one] for one in rules.tie_break))
    else:
        yield (
            unit
            + " "
            + _(
                "Each award is rounded on its own, halves upwards. If that came to more than there is, single units are taken back from those who gained most by rounding; what remains is shown."
            )
        )


def kind_said(track: Track) -> str:
    """What a track is for."""
    return {
        "operating": _("regular activity"), "project": _("projects"), "event": _("events"), "mixed": _("activity and projects"),
        "investment": _("investments"), "person": _("persons"),
    }[track.kind]  # fmt: skip


def answer_said(fact: Fact) -> str:
    """What kind of answer a question takes."""
    return {
        "integer": _("whole number"), "decimal": _("number"), "money": _("amount in EUR"), "date": _("date"), "boolean": _("yes or no"),
        "choice": _("one of the choices"), "choices": _("any of the choices"), "text": _("short text"), "longtext": _("text"),
        "email": _("e-mail address"), "url": _("web address"), "file": _("file"), "table": _("table"),
    }[fact.kind]  # fmt: skip


def limits_said(fact: Fact) -> list[str]:
    """The limits of an answer: none is kept secret until the form is filled in."""
    said = []
    if fact.minimum is not None:
        said.append(_("at least %(value)s", value=_limit(fact, fact.minimum)))
    if fact.maximum is not None:
        said.append(_("at most %(value)s", value=_limit(fact, fact.maximum)))
    if fact.kind == "decimal":
        said.append(ngettext("at most %(count)s decimal", "at most %(count)s decimals", fact.decimals, count=fact.decimals))
    if fact.max_length is not None:
        said.append(ngettext("at most %(count)s character", "at most %(count)s characters", fact.max_length, count=number(fact.max_length)))
    if fact.kind == "table":
        if fact.min_rows:
            said.append(ngettext("at least %(count)s row", "at least %(count)s rows", fact.min_rows, count=fact.min_rows))
        said.append(ngettext("at most %(count)s row", "at most %(count)s rows", fact.max_rows, count=fact.max_rows))
    if fact.kind == "file":
        said.append(ngettext("at most %(count)s file", "at most %(count)s files", fact.max_files, count=fact.max_files))
    return said


def _limit(fact: Fact, value: str) -> str:
    if fact.kind == "date":
        return day(value)
    try:
        return amount_said(Fraction(value), fact)
    except ValueError:
        return value


@dataclass(frozen=True)
class FormSection:
    """A section of the form with its questions."""

    title: str
    help: str
    facts: list[Fact]


def form_sections(track: Track) -> list[FormSection]:
    """The whole form of a track, in its order; questions without a section come first."""
    sections = []
    loose = [fact for fact in track.facts if fact.section is None]
    if loose:
        sections.append(FormSection(_("Questions"), "", loose))
    for section in track.sections:
        facts = [fact for fact in track.facts if fact.section == section.id]
        if facts:
            sections.append(FormSection(localized(section.title), localized(section.help), facts))
    return sections
