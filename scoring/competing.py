"""Who competes for a pot: applications, or their items, that meet what is asked of them and have points where no points mean no money."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.field import Unit
from scoring.points import Sheet
from scoring.sharing import Pot

NEED_POINTS = frozenset({"point_value", "fixed_point_value", "share_of_request", "waterfall"})
"""Engines that cannot do without points."""


def by_points(pot: Pot) -> bool:
    """Whether no points mean no money: with these engines, and with all others where there are criteria.

    Only drivers that count something else, or give to all alike, say otherwise.
    """
    if pot.engine == "drivers":
        return all(driver.by in ("points", "criteria") for driver in pot.drivers)
    return pot.engine in NEED_POINTS or bool(pot.criteria)


def units_of(sheet: Sheet, pot: Pot) -> list[Unit]:
    """What competes on a sheet: the application, or each of its items."""
    if pot.items is None:
        return [Unit(sheet.applicant, sheet.total, sheet)]
    return [Unit(sheet.applicant, item.total, sheet, item.id, item.name, int(item.id) - 1) for item in sheet.items]


def all_units(sheets: Sequence[Sheet], pot: Pot) -> list[Unit]:
    """What competes on all sheets of a pot."""
    if pot.items is None:
        return [Unit(sheet.applicant, sheet.total, sheet) for sheet in sheets]
    return [unit for sheet in sheets for unit in units_of(sheet, pot)]


def competitors(units: Sequence[Unit], pot: Pot) -> list[int]:
    """The places of the units that compete."""
    needed = by_points(pot)
    return [index for index, unit in enumerate(units) if (not needed or unit.points.numerator > 0) and passes(unit)]


def passes(unit: Unit) -> bool:
    """Whether it competes at all."""
    if not unit.item:
        return unit.sheet.passes
    return next(item.passes for item in unit.sheet.items if item.id == unit.item)


def competes(unit: Unit, pot: Pot) -> bool:
    """Whether it passes, and has points where no points mean no money."""
    return passes(unit) and (unit.points.numerator > 0 or not by_points(pot))


def any_competes(sheet: Sheet, pot: Pot) -> bool:
    """Whether an application competes, with itself or with one of its items."""
    return sheet.passes and any(competes(unit, pot) for unit in units_of(sheet, pot))
