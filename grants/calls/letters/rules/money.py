"""Money in words: funds and their parts, how an engine divides a pot, ceilings, rounding, ties and what is left over."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from flask_babel import gettext as _

from grants.base.language import localized, money, percent
from grants.calls.letters.rules.amounts import between, cited, euros_said, maximum_said, number_said, percent_said, points_said, quoted
from grants.calls.letters.rules.formulas import Names, formula_said, test_said
from scoring.rulebook import Fund, Rulebook, Track, cents_of
from scoring.sharing import ByCount, Driver, Pot


def parts_of_fund(one: Fund | Pot, rulebook: Rulebook) -> str:
    """Which part of a fund something is; empty for an amount that stands alone. The euros it comes to stand beside it."""
    if one.of is None:
        return ""
    fund = localized(next((fund.title for fund in rulebook.funds if fund.id == one.of), one.of))
    if isinstance(one, Pot) and one.by_count is not None:
        return _counted(one, one.by_count, fund, rulebook)
    if one.percent is not None:
        return _("%(share)s of “%(fund)s”", share=percent_said(one.percent), fund=fund)
    return _("what remains of “%(fund)s”", fund=fund)


def _counted(pot: Pot, count: ByCount, fund: str, rulebook: Rulebook) -> str:
    """How a count of those who take part gives the size of a pot."""
    what = localized(count.title)
    if count.formula is not None:
        what += f" ({formula_said(count.formula, Names(rulebook.track_and_pot(pot.id)[0]))})"
    if count.rate is None:
        said = _("a part of “%(fund)s” in proportion to what is counted among those who take part: %(what)s", fund=fund, what=what)
    else:
        said = _(
            "from “%(fund)s” %(rate)s for each that is counted among those who take part: %(what)s; if there is not enough for all such parts, they are reduced in the same proportion",
            fund=fund, rate=money(count.rate), what=what,
        )  # fmt: skip
    return cited(said, count.article)


def share_of_pot(pot: Pot, share: Fraction) -> str:
    """What a percentage of a pot comes to, where that is known before the applications are."""
    return _("how much is known when the applications are") if pot.counted else money(int(pot.amount_cents * share / 100))


def funds_said(rulebook: Rulebook) -> list[tuple[str, str]]:
    """The funds that pots are parts of: (title, amount and how it comes about)."""
    cents = cents_of(rulebook)
    said = []
    for fund in rulebook.funds:
        part = parts_of_fund(fund, rulebook)
        amount = money(cents.get(fund.id, 0))
        said.append((localized(fund.title), cited(f"{amount}; {part}" if part else amount, fund.article)))
    return said


def exclusives_said(rulebook: Rulebook) -> list[str]:
    """Of which pots an applicant gets money from one only."""
    said = []
    for one in rulebook.exclusive:
        pots = ", ".join(quoted(localized(rulebook.pot(pot).title)) for pot in one.pots)
        rule = (
            _("An applicant gets money from only one of these: %(pots)s. The first one in which it takes part counts.", pots=pots)
            if one.keep == "listed"
            else _("An applicant gets money from only one of these: %(pots)s. The one it chose in the form counts.", pots=pots)
        )
        said.append(cited(f"{localized(one.text)} {rule}", one.article))
        track = next(track for track, pot in rulebook.pots() if pot.id == one.pots[0])
        for exemption in one.except_:
            text = cited(localized(exemption.text), exemption.article)
            said.append(_("Exception: %(text)s, if %(test)s.", text=text, test=test_said(exemption.holds, Names(track))))
    return said


def _names(pot: Pot, track: Track) -> Names:
    """What the names in the money rules of a pot stand for: in a pot of items the columns of their table first."""
    return Names(track, table=pot.items.table if pot.items is not None else "")


def engine_said(pot: Pot, track: Track) -> list[str]:
    """By which rule the money of a pot is divided."""
    names = _names(pot, track)
    basis = names.title(pot.basis_fact) if pot.basis_fact else ""
    match pot.engine:
        case "point_value":
            return [_("The money is divided by points: the amount, divided by the sum of the points of all applications that take part, is the value of a point; each application gets its points times that value."), *_equal_base(pot)]  # fmt: skip
        case "fixed_point_value":
            value = euros_said(pot.value or Fraction(0))
            return [
                _("The value of a point is fixed: %(value)s. Each application gets its points times that value.", value=value),
                _short(pot),
            ]
        case "drivers":
            return [_("The money is divided in slices, each by its own measure:"), *(_driver(one, pot, names) for one in pot.drivers)]
        case "share_of_request":
            return _share_of_request(pot, basis)
        case "full_request":
            said = _("Every application that takes part gets the whole amount (“%(question)s”) under the ceilings.", question=basis) if basis else _("Every application that takes part gets the whole amount under the ceilings.")  # fmt: skip
            return [said, _short(pot)]
        case "waterfall":
            said = _("The whole amount (“%(question)s”) under the ceilings, from the most points down, until the money is used up.", question=basis) if basis else _("The whole amount under the ceilings, from the most points down, until the money is used up.")  # fmt: skip
            return [said, _last(pot)]
        case "panel_amounts":
            return [_("The committee decides the amounts within the ceilings and gives a reason for each.")]
        case "category_amounts":
            amounts = [f"{names.answer(pot.category or '', one)}: {money(cents)}" for one, cents in pot.amounts.items()]
            category = names.label(pot.category or "")
            return [
                _("A fixed amount by %(category)s (%(amounts)s), in the order in which complete applications came, until the money is used up.", category=category, amounts="; ".join(amounts)),
                _last(pot),
            ]  # fmt: skip
        case "control_percentage":
            said = [_("Everybody gets the same percentage of “%(question)s”, as high as the money allows; nobody gets more than the whole.", question=basis)]  # fmt: skip
            if pot.tiers:
                tiers = "; ".join(f"{between(tier, euros_said)}: × {number_said(tier.factor)}" for tier in pot.tiers)
                said.append(_("The percentage is multiplied by the size of that amount: %(tiers)s.", tiers=tiers))
            return said
        case "actual_cost":
            return [_("Recognised actual costs are paid; if there is not enough money for all, all are reduced in the same proportion.")]


def _share_of_request(pot: Pot, basis: str) -> list[str]:
    reduced = _("If there is not enough money for all, all are reduced in the same proportion.")
    if pot.score_bands:
        bands = "; ".join(f"{between(band, points_said)}: {percent_said(band.percent)}" for band in pot.score_bands)
        return [_("The points say which share of “%(question)s” an application gets: %(bands)s.", question=basis, bands=bands), reduced]
    return [
        _("Each application gets the share of “%(question)s” that its points are of the maximum (%(maximum)s).", question=basis, maximum=maximum_said(pot.maximum)),
        reduced,
    ]  # fmt: skip


def _equal_base(pot: Pot) -> list[str]:
    base = pot.equal_base
    if base is None:
        return []
    if base.amount is not None:
        said = _("Everybody who takes part first gets %(amount)s alike; the rest is divided by points.", amount=money(base.amount))
    else:
        percentage = base.percent or Fraction(0)
        share = percent_said(percentage)
        said = _("First %(share)s of the money (%(amount)s) is divided equally; the rest is divided by points.", share=share, amount=share_of_pot(pot, percentage))  # fmt: skip
    return [cited(said, base.article)]


def _driver(one: Driver, pot: Pot, names: Names) -> str:
    cents = share_of_pot(pot, one.percent)
    slice_ = f"{localized(one.title)}: {percent_said(one.percent)} ({cents})"
    match one.by:
        case "points":
            how = _("by all points")
        case "criteria":
            how = _(
                "by the points for %(criteria)s", criteria=", ".join(quoted(localized(pot.criterion(name).title)) for name in one.criteria)
            )
        case "formula":
            how = _("in proportion to %(formula)s", formula=formula_said(one.formula or "", names))
        case _:
            how = _("equally")
    return cited(f"{slice_}, {how}", one.article) + "."


def _short(pot: Pot) -> str:
    if pot.short == "scale":
        return _("If there is not enough money for all, all are reduced in the same proportion.")
    return _("If there is not enough money for all, those with the fewest points are left out.")


def _last(pot: Pot) -> str:
    return {
        "partial": _("The last one gets what remains, although it is less."),
        "nothing": _("Whoever cannot get the whole amount any more gets nothing, and so do all after it."),
        "next": _("Whoever cannot get the whole amount any more is passed over, and the next one is looked at."),
    }[pot.last]


def ceilings_said(pot: Pot, track: Track) -> Iterator[str]:
    """What no award exceeds."""
    names = _names(pot, track)
    if pot.caps.request:
        yield _("Nobody gets more than asked for (“%(question)s”).", question=names.title(pot.caps.request))
    if pot.caps.amount is not None:
        yield _("Nobody gets more than %(amount)s.", amount=money(pot.caps.amount))
    if pot.caps.cost:
        share = percent(pot.caps.cost_share if pot.caps.cost_share is not None else Fraction(1))
        question = names.title(pot.caps.cost)
        yield _("At most %(share)s of the costs are co-financed (“%(question)s”).", share=share, question=question)
    for limit in pot.caps.limits:
        most = money(limit.amount) if limit.amount is not None else _("%(share)s of %(what)s", share=percent_said(limit.percent), what=names.label(limit.fact or ""))  # fmt: skip
        said = _("%(title)s: at most %(amount)s", title=localized(limit.title), amount=most)
        if limit.when is not None:
            said = _("%(limit)s, if %(test)s", limit=said, test=formula_said(limit.when, names))
        yield cited(said, limit.article) + "."
    if pot.engine == "point_value" and pot.caps != type(pot.caps)():
        yield _("What a ceiling cuts off is divided again among the others.")


def least_award_said(pot: Pot) -> str:
    """What happens to awards that would be too small; empty where there is no least award."""
    if pot.minimum_award is None:
        return ""
    least = money(pot.minimum_award.amount)
    return {
        "drop": _("An award that would be below %(amount)s is not given; its money is divided again.", amount=least),
        "raise": _("An award that would be below %(amount)s is raised to that amount.", amount=least),
        "pay": _("An award below %(amount)s is paid as it is.", amount=least),
    }[pot.minimum_award.below]


def balance_said(pot: Pot, track: Track) -> list[str]:
    """The least and largest shares of groups."""
    balance = pot.balance
    if balance is None:
        return []
    names = _names(pot, track)
    said = [cited(_("%(title)s: the groups by %(what)s.", title=localized(balance.title), what=names.label(balance.by)), balance.article)]
    every = (_("each group"), balance.least, balance.most)
    for group, least, most in [every, *((quoted(names.answer(balance.by, one.group)), one.least, one.most) for one in balance.groups)]:
        if least is not None:
            amount = share_of_pot(pot, least)
            said.append(
                _("%(group)s: at least %(share)s of the money (%(amount)s).", group=group, share=percent_said(least), amount=amount)
            )
        if most is not None:
            amount = share_of_pot(pot, most)
            said.append(_("%(group)s: at most %(share)s of the money (%(amount)s).", group=group, share=percent_said(most), amount=amount))
    return said


def rounding_said(pot: Pot) -> Iterator[str]:
    """How the value of a point and the awards are rounded, and how the last cents close."""
    rules = pot.rules
    if pot.engine == "point_value":
        yield {
            "exact": _("The value of a point is not rounded."),
            "cut": _("The value of a point is cut off; decimals kept: %(count)s.", count=rules.decimals),
            "half_up": _("The value of a point is rounded, halves upwards; decimals kept: %(count)s.", count=rules.decimals),
        }[rules.point_value]
    yield {
        "0.01": _("Awards are whole cents."), "1": _("Awards are whole euros."),
        "10": _("Awards are whole tens of euros."), "100": _("Awards are whole hundreds of euros."),
    }[rules.award_unit]  # fmt: skip
    match rules.closing:
        case "largest_remainder":
            yield _("Each award is first rounded down; what then remains goes, one unit each, to those who lost most by rounding.")
        case "to_one":
            yield _("Each award is first rounded down.")
            yield _(
                "What then remains goes to one application as a whole, the first in the order of ties, up to its ceiling; then to the next."
            )
        case _ if rules.award == "cut":
            yield _("Each award is rounded down on its own.")
            yield _("What remains is shown.")
        case _:
            yield _("Each award is rounded on its own, halves upwards. If that came to more than there is, single units are taken back from those who gained most by rounding.")  # fmt: skip
            yield _("What remains is shown.")


def ties_said(pot: Pot) -> str:
    """What decides among equals."""
    order = {
        "more_points": _("more points"), "earlier_submission": _("the earlier complete application"),
        "lot": _("a drawn lot, which is recorded"), "applicant": _("the alphabet"),
    }  # fmt: skip
    said = [
        _("more points for “%(criterion)s”", criterion=localized(pot.criterion(one.partition(":")[2]).title))
        if one.startswith("criterion:")
        else order[one]
        for one in pot.rules.tie_break
    ]
    return _("Among equals decides: %(order)s.", order=", ".join(said))


def leftover_said(pot: Pot, rulebook: Rulebook) -> str:
    """Where the money goes that is not used."""
    leftover = pot.leftover
    if leftover is None:
        return _("Money that is not used stays in the budget.")
    pots = ", ".join(quoted(localized(rulebook.pot(one).title)) for one in leftover.to)
    if leftover.when == "before":
        said = _("Money that is not used joins %(pots)s before anything is computed there; what is not needed goes on in this order.", pots=pots)  # fmt: skip
    elif leftover.order == "listed":
        said = _("Money that is not used is shared out by the same rule after %(pots)s were divided, in this order.", pots=pots)
    else:
        said = _("Money that is not used is shared out after %(pots)s were divided: from the most points down, each up to the ceiling.", pots=pots)  # fmt: skip
    return cited(said, leftover.article)
