"""Tests over facts: a formula, or all / any / not over formulas, compiled once."""

from __future__ import annotations

from collections.abc import Callable

from scoring.formula import FormulaError, read_formula
from scoring.questions import Combination
from scoring.view import Tables, Values

Holds = Callable[[Values, Tables], bool | None]
"""Whether a test holds; None when it cannot be computed, which is not the same as no: "not" of it does not hold either."""


class Test:
    """A formula or a combination, compiled once: ``holds`` is fast, ``working`` writes it out."""

    def __init__(self, source: str | Combination) -> None:
        self.source = source
        self.holds: Holds = _compiled(source)

    def working(self, values: Values, tables: Tables) -> str:
        """The test written out with its values."""
        return _written(self.source, values, tables)


def _compiled(source: str | Combination) -> Holds:
    if isinstance(source, str):
        run = read_formula(source).value

        def by_formula(values: Values, tables: Tables) -> bool | None:
            try:
                return run(values, tables) != 0
            except FormulaError:
                return None

        return by_formula
    if source.not_ is not None:
        inner = _compiled(source.not_)

        def opposite(values: Values, tables: Tables) -> bool | None:
            held = inner(values, tables)
            return None if held is None else not held

        return opposite
    every = source.all_ is not None
    parts = [_compiled(one) for one in source.all_ or source.any_ or ()]

    def joined(values: Values, tables: Tables) -> bool | None:
        unknown = False
        for part in parts:
            held = part(values, tables)
            if held is None:
                unknown = True
            elif held is not every:
                return held
        return None if unknown else every

    return joined


def _written(source: str | Combination, values: Values, tables: Tables) -> str:
    if isinstance(source, str):
        try:
            return read_formula(source).compute(values, tables).working
        except FormulaError as error:
            return error.message
    word, parts = (
        ("not", (source.not_,)) if source.not_ is not None else ("all", source.all_) if source.all_ is not None else ("any", source.any_)
    )
    result = int(bool(_compiled(source)(values, tables)))
    return f"{word}[{'; '.join(_written(one, values, tables) for one in parts or () if one is not None)}] = {result}"
