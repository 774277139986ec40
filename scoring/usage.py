"""What is computed from what: every fact, column and derived value that a part of a track leads to."""

from __future__ import annotations

from scoring.formula import read_formula
from scoring.judging import Criterion
from scoring.questions import Combination, Condition, Derived, Fact
from scoring.rulebook import Rulebook, Track
from scoring.sharing import Pot
from scoring.view import qualified

Places = tuple[str, ...]
"""The tables in whose rows something stands, the innermost first; a name is looked for there, and then outside."""


class Uses:
    """Collects ``facts`` (tables too), ``columns`` as (table, column) and ``derived`` values, each with all that it needs itself."""

    def __init__(self, track: Track) -> None:
        self.facts: set[str] = set()
        self.columns: set[tuple[str, str]] = set()
        self.derived: set[str] = set()
        self._facts = {fact.id: fact for fact in track.facts}
        self._sections = {section.id: section for section in track.sections}
        self._columns = {(fact.id, column.id) for fact in track.facts if fact.kind == "table" for column in fact.columns}
        self._derived: dict[tuple[str | None, str], Derived] = {(one.table, one.id): one for one in track.derived}

    def name(self, name: str | None, places: Places = ()) -> None:
        """A name as it is seen at its place. None and unknown names are nothing."""
        if name is None:
            return
        self._fact(*places)
        for place in places:
            if (place, name) in self._columns:
                self.columns.add((place, name))
                return
            if (place, name) in self._derived:
                self._visit(self._derived[place, name])
                return
        if (None, name) in self._derived:
            self._visit(self._derived[None, name])
        else:
            self._fact(name)

    def _fact(self, *names: str) -> None:
        """Facts, with those that decide whether they are asked and those that they are computed from."""
        for name in names:
            if name not in self._facts or name in self.facts:
                continue
            self.facts.add(name)
            self.question(self._facts[name])

    def _visit(self, derived: Derived) -> None:
        if qualified(derived) in self.derived:
            return
        self.derived.add(qualified(derived))
        places = () if derived.table is None else (derived.table,)
        self._fact(*places)
        self.name(derived.fact, places)
        for source in (derived.formula, *(one.when for one in derived.classes)):
            self.formula(source, places)

    def formula(self, source: str | None, places: Places = ()) -> None:
        """Everything that a formula names."""
        if source is None:
            return
        formula = read_formula(source)
        for name in formula.names:
            self.name(name, places)
        for table, column in formula.tables:
            self._fact(table)
            self.name(column or None, (table, *places))

    def test(self, holds: str | Combination | None) -> None:
        """A formula, or a combination of them."""
        if isinstance(holds, Combination):
            for one in (*(holds.all_ or ()), *(holds.any_ or ()), holds.not_):
                self.test(one)
        else:
            self.formula(holds)

    def condition(self, condition: Condition) -> None:
        """A condition that is computed, with its exemptions."""
        for holds in (condition.holds, *(one.holds for one in condition.except_)):
            self.test(holds)

    def criterion(self, criterion: Criterion, items: Places = ()) -> None:
        """A criterion; ``items`` is the table whose rows are scored one by one, if there is one."""
        places = items if criterion.each is None else (criterion.each, *items)
        self._fact(*places)
        for name in (criterion.fact, criterion.class_):
            self.name(name, places)
        norm = criterion.norm
        formulas = [criterion.formula, criterion.most_units, *(one.most_units for one in criterion.tables.values())]
        formulas += [source for one in criterion.components for source in (one.formula, one.needs)]
        formulas += [norm.actual, norm.norm, norm.unless] if norm is not None else []
        for source in formulas:
            self.formula(source, places)
        self.formula(criterion.when, items)

    def scoring(self, track: Track, pot: Pot) -> None:
        """Everything that the points of a pot, and who competes for it, are computed from."""
        items: Places = () if pot.items is None else (pot.items.table,)
        for condition in (*track.conditions, *pot.conditions):
            self.condition(condition)
        if pot.items is not None:
            self.name(pot.items.name, items)
            self.formula(pot.items.where, items)
        for criterion in pot.criteria:
            self.criterion(criterion, items)
        self._fact(*items)

    def question(self, fact: Fact) -> None:
        """What decides whether a question is asked, and what its value is computed from."""
        section = self._sections.get(fact.section or "")
        for test in (fact.when, fact.formula, None if section is None else section.when):
            self.test(test)

    def field(self, pot: Pot) -> None:
        """Everything that the second pass over a whole field looks at."""
        for one in pot.second_pass:
            self.name(one.group)
            self.formula(one.among)

    def money(self, pot: Pot) -> None:
        """Everything that ceilings, shares and the balance of a pot are computed from."""
        items: Places = () if pot.items is None else (pot.items.table,)
        names = [pot.caps.request, pot.caps.cost, pot.basis, pot.cost_fact, pot.category, *(limit.fact for limit in pot.caps.limits)]
        for name in (*names, pot.balance.by if pot.balance else None):
            self.name(name, items)
        for source in (*(limit.when for limit in pot.caps.limits), *(driver.formula for driver in pot.drivers)):
            self.formula(source, items)
        self.formula(pot.by_count.formula if pot.by_count else None)


def _of_exclusives(rulebook: Rulebook, track: Track) -> Uses:
    uses = Uses(track)
    for rule in rulebook.exclusive:
        uses.name(rule.fact)
        for one in rule.except_:
            uses.test(one.holds)
    return uses


def exclusives_use(rulebook: Rulebook, track: Track) -> frozenset[str]:
    """The facts of a track that the rules on exclusive pots look at: which pot was chosen, and for whom there is an exception."""
    return frozenset(_of_exclusives(rulebook, track).facts)


def exclusive_columns(rulebook: Rulebook, track: Track) -> frozenset[tuple[str, str]]:
    """The (table, column) pairs that the same rules look at."""
    return frozenset(_of_exclusives(rulebook, track).columns)


def _of(track: Track, pot: Pot) -> Uses:
    uses = Uses(track)
    uses.scoring(track, pot)
    uses.field(pot)
    uses.money(pot)
    return uses


def facts_used(track: Track, pot: Pot) -> frozenset[str]:
    """The facts (tables among them) that points, ceilings, conditions, the second pass and the balance of a pot are computed from."""
    return frozenset(_of(track, pot).facts)


def columns_used(track: Track, pot: Pot) -> frozenset[tuple[str, str]]:
    """The (table, column) pairs that the same is computed from. A table of which only the rows are counted has none."""
    return frozenset(_of(track, pot).columns)
