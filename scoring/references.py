"""What the parts of a rulebook name must exist, fit, and be named once; otherwise the rulebook cannot be used at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from scoring.findings import Finding, Path, Positions, found
from scoring.formula import Formula, read_formula, units_of
from scoring.questions import Combination
from scoring.reading import nearest
from scoring.references_form import broken_form
from scoring.scopes import Scope, Seen, of_track

if TYPE_CHECKING:
    from scoring.judging import Criterion
    from scoring.questions import Condition, Derived, Fact
    from scoring.rulebook import Rulebook, Track
    from scoring.sharing import Pot

TIES = ("more_points", "earlier_submission", "lot", "applicant")
Test = str | Combination


def broken_references(rulebook: Rulebook) -> Iterator[Finding]:
    """Every name that leads nowhere, or to something that cannot be used there."""
    look = Look(rulebook.positions)
    pots = [pot.id for _, pot in rulebook.pots()]
    funds = [fund.id for fund in rulebook.funds]
    yield from look.twice([track.id for track in rulebook.tracks], ("tracks",))
    yield from look.twice(funds, ("funds",))
    for f, fund in enumerate(rulebook.funds):
        if fund.of is not None and (fund.of not in funds or fund.of == fund.id):
            yield look.no("unknown_fund", ("funds", f, "of"), "fund", fund.of, [one for one in funds if one != fund.id])
    for e, exclusive in enumerate(rulebook.exclusive):
        for p, name in enumerate(exclusive.pots):
            if name not in pots:
                yield look.no("unknown_pot", ("exclusive", e, "pots", p), "pot", name, pots)
        for track in (one for one in rulebook.tracks if any(pot.id in exclusive.pots for pot in one.pots)):
            for x, exemption in enumerate(exclusive.except_):
                yield from look.test(exemption.holds, of_track(track), ("exclusive", e, "except", x, "holds"))
        if exclusive.fact is not None and not any(fact.id == exclusive.fact for track in rulebook.tracks for fact in track.facts):
            facts = [fact.id for track in rulebook.tracks for fact in track.facts]
            yield look.no("unknown_fact", ("exclusive", e, "fact"), "fact", exclusive.fact, facts)
    seen: set[str] = set()
    for t, track in enumerate(rulebook.tracks):
        place: Path = ("tracks", t)
        yield from look.track(track, place)
        for p, pot in enumerate(track.pots):
            if pot.id in seen:
                yield look.again((*place, "pots", p, "id"), pot.id)
            seen.add(pot.id)
            yield from look.pot(track, pot, pots, funds, (*place, "pots", p))


class Look:
    """Writes down what is broken, each at its place."""

    def __init__(self, positions: Positions) -> None:
        self.positions = positions

    def error(self, code: str, path: Path, message: str, advice: str, **params: object) -> Finding:
        return found("error", code, path, self.positions, message, advice, **params)

    def no(self, code: str, path: Path, what: str, name: str, known: Iterable[str]) -> Finding:
        """A name that leads nowhere, with the nearest that is known."""
        close = nearest(name, list(known))
        places = {"fact": " in this track", "pot": "", "fund": "", "section": "", "criterion": " in this pot"}
        advice = f'Did you mean "{close}"?' if close else f"Name a {what} of this rulebook, or add it."
        return self.error(code, path, f'there is no {what} "{name}"{places[what]}', advice, name=name, nearest=close)

    def again(self, path: Path, name: str) -> Finding:
        return self.error("id_twice", path, f'the id "{name}" is used twice', "Give each its own id.", name=name)

    def twice(self, ids: Sequence[str], place: Path) -> Iterator[Finding]:
        yield from (self.again((*place, index, "id"), one) for index, one in enumerate(ids) if one in ids[:index])

    def unfit(self, path: Path, message: str, advice: str, kind: str, fact: str, fact_kind: str) -> Finding:
        return self.error("fact_does_not_fit", path, message, advice, kind=kind, fact=fact, fact_kind=fact_kind)

    # Tracks

    def track(self, track: Track, place: Path) -> Iterator[Finding]:
        yield from self.twice([fact.id for fact in track.facts], (*place, "facts"))
        yield from self.twice([section.id for section in track.sections], (*place, "sections"))
        yield from self.twice([condition.id for condition in track.conditions], (*place, "conditions"))
        sections = [section.id for section in track.sections]
        for f, fact in enumerate(track.facts):
            yield from self.fact(fact, sections, (*place, "facts", f))
        yield from broken_form(self, track, place)
        for d, derived in enumerate(track.derived):
            yield from self.derived(track, derived, d, (*place, "derived", d))
        scope = of_track(track)
        for c, condition in enumerate(track.conditions):
            yield from self.condition(condition, scope, (*place, "conditions", c))

    def fact(self, fact: Fact, sections: Sequence[str], place: Path) -> Iterator[Finding]:
        if fact.section is not None and fact.section not in sections:
            yield self.no("unknown_section", (*place, "section"), "section", fact.section, sections)
        if fact.total:
            yield self.unfit((*place, "total"), "total: adds up a column of a table", "Write it in a column.", "total", fact.id, fact.kind)
        yield from self.twice([choice.id for choice in fact.choices], (*place, "choices"))
        yield from self.twice([column.id for column in fact.columns], (*place, "columns"))
        for c, column in enumerate(fact.columns):
            yield from self.twice([choice.id for choice in column.choices], (*place, "columns", c, "choices"))

    def derived(self, track: Track, derived: Derived, index: int, place: Path) -> Iterator[Finding]:
        whole = of_track(track, index)
        if derived.table is not None and derived.table not in whole.rows:
            yield self.no("unknown_fact", (*place, "table"), "fact", derived.table, whole.rows)
            return
        scope = whole.inside(derived.table)
        if derived.id in (whole.rows[derived.table] if derived.table is not None else whole.names):
            yield self.again((*place, "id"), derived.id)
        if derived.formula is not None:
            yield from self.formula(derived.formula, scope, (*place, "formula"))
        if derived.fact is not None:
            wanted = ("text", "list") if derived.choose else ("number", "list")
            yield from self.one_fact(derived.fact, scope, (*place, "fact"), wanted, "derived")
            known = scope.names.get(derived.fact)
            for answer in derived.choose or () if known is not None and known.kind in wanted else ():
                if answer not in (known.ids if known else ()):
                    yield self.unknown_answer((*place, "choose", answer), answer, derived.fact, known.ids if known else ())
        yield from self.twice([one.id for one in derived.classes], (*place, "classes"))
        for c, one in enumerate(derived.classes):
            if one.when is not None:
                yield from self.formula(one.when, scope, (*place, "classes", c, "when"))

    def condition(self, condition: Condition, scope: Scope, place: Path) -> Iterator[Finding]:
        yield from self.test(condition.holds, scope, (*place, "holds"))
        for e, exemption in enumerate(condition.except_):
            yield from self.test(exemption.holds, scope, (*place, "except", e, "holds"))

    def test(self, test: Test | None, scope: Scope, place: Path) -> Iterator[Finding]:
        if isinstance(test, str):
            yield from self.formula(test, scope, place)
        elif test is not None:
            for key, parts in (("all", test.all_), ("any", test.any_)):
                for index, part in enumerate(parts or ()):
                    yield from self.test(part, scope, (*place, key, index))
            yield from self.test(test.not_, scope, (*place, "not"))

    # Pots

    def pot(self, track: Track, pot: Pot, pots: Sequence[str], funds: Sequence[str], place: Path) -> Iterator[Finding]:
        whole = of_track(track)
        if pot.of is not None and pot.of not in funds:
            yield self.no("unknown_fund", (*place, "of"), "fund", pot.of, funds)
        for index, target in enumerate(pot.leftover.to if pot.leftover else ()):
            if target not in pots:
                yield self.no("unknown_pot", (*place, "leftover", "to", index), "pot", target, pots)
        if pot.engine == "actual_cost" and pot.cost_fact is None:
            message = "a pot settled by actual costs needs cost_fact"
            yield self.error("missing_key", (*place, "cost_fact"), message, "Name the money fact that holds the costs.", key="cost_fact")
        if pot.by_count is not None and pot.by_count.formula is not None:
            yield from self.formula(pot.by_count.formula, whole, (*place, "by_count", "formula"))
        scope = whole
        if pot.items is not None:
            if pot.items.table not in whole.rows:
                yield self.no("unknown_fact", (*place, "items", "table"), "fact", pot.items.table, whole.rows)
                return
            scope = whole.inside(pot.items.table)
            if pot.items.name is not None and pot.items.name not in scope.names:
                yield self.no("unknown_fact", (*place, "items", "name"), "fact", pot.items.name, scope.names)
            if pot.items.where is not None:
                yield from self.formula(pot.items.where, scope, (*place, "items", "where"))
        yield from self.twice([condition.id for condition in pot.conditions], (*place, "conditions"))
        for c, condition in enumerate(pot.conditions):
            yield from self.condition(condition, whole, (*place, "conditions", c))
        yield from self.money(track, pot, scope, place)
        yield from self.twice([criterion.id for criterion in pot.criteria], (*place, "criteria"))
        leaves = [part.id for part in pot.panel_criteria]
        for c, criterion in enumerate(pot.criteria):
            yield from self.criterion(criterion, scope, (*place, "criteria", c))
            yield from self.twice([one.id for one in criterion.subcriteria], (*place, "criteria", c, "subcriteria"))
            for s, part in enumerate(criterion.judged if criterion.subcriteria else ()):
                if leaves.count(part.id) > 1 or any(part.id == other.id for other in pot.criteria):
                    yield self.again((*place, "criteria", c, "subcriteria", s, "id"), part.id)
        ids = [*(criterion.id for criterion in pot.criteria), *leaves]
        points = Scope({name: Seen("number") for name in (*ids, "total")})
        for g, gate in enumerate(pot.gates):
            yield from self.formula(gate.holds, points, (*place, "gates", g, "holds"), "criterion")
        for s, second in enumerate(pot.second_pass):
            yield from self.one_fact(second.group, scope, (*place, "second_pass", s, "group"), ("text",), "second_pass")
            if second.among is not None:
                yield from self.formula(second.among, scope, (*place, "second_pass", s, "among"))
            if second.by is not None and second.by not in ids:
                yield self.no("unknown_criterion", (*place, "second_pass", s, "by"), "criterion", second.by, ids)
        for r, rule in enumerate(pot.rules.tie_break):
            named = rule.removeprefix("criterion:")
            if rule not in TIES and (named == rule or named not in ids):
                words = ", ".join(TIES)
                message = f'"{rule}" is no rule for ties'
                advice = f"The rules are {words}, and criterion:ID for the points of one criterion."
                yield self.error("unknown_value", (*place, "rounding", "tie_break", r), message, advice, value=rule, expected=words)

    def money(self, track: Track, pot: Pot, scope: Scope, place: Path) -> Iterator[Finding]:
        kinds = {fact.id: fact.kind for fact in track.facts}
        if pot.items is not None:
            kinds |= {column.id: column.kind for column in track.fact(pot.items.table).columns}
        amounts: list[tuple[Path, str | None]] = [
            (("cost_fact",), pot.cost_fact),
            (("basis",), pot.basis),
            (("caps", "request"), pot.caps.request),
            (("caps", "cost"), pot.caps.cost),
            *((("caps", "limits", index, "fact"), limit.fact) for index, limit in enumerate(pot.caps.limits)),
        ]
        for key, name in amounts:
            if name is None:
                continue
            if name not in kinds:
                yield self.no("unknown_fact", (*place, *key), "fact", name, kinds)
            elif kinds[name] != "money":
                message = f"{key[-1]} wants an amount, and {name} is a fact of the kind {kinds[name]}"
                yield self.unfit((*place, *key), message, "Name a fact of the kind money.", str(key[-1]), name, kinds[name])
        yield from self.twice([limit.id for limit in pot.caps.limits], (*place, "caps", "limits"))
        for index, limit in enumerate(pot.caps.limits):
            if limit.when is not None:
                yield from self.formula(limit.when, scope, (*place, "caps", "limits", index, "when"))
        if pot.category is not None:
            yield from self.one_fact(pot.category, scope, (*place, "category"), ("text",), "category")
            offered = scope.names[pot.category].ids if pot.category in scope.names else ()
            for answer in pot.amounts if offered else ():
                if answer not in offered:
                    yield self.unknown_answer((*place, "amounts", answer), answer, pot.category, offered)
        ids = [criterion.id for criterion in pot.criteria]
        yield from self.twice([driver.id for driver in pot.drivers], (*place, "drivers"))
        for index, driver in enumerate(pot.drivers):
            if driver.formula is not None:
                yield from self.formula(driver.formula, scope, (*place, "drivers", index, "formula"))
            for c, name in enumerate(driver.criteria):
                if name not in ids:
                    yield self.no("unknown_criterion", (*place, "drivers", index, "criteria", c), "criterion", name, ids)
        if pot.balance is not None:
            yield from self.balance(pot, scope, (*place, "balance"))

    def balance(self, pot: Pot, scope: Scope, place: Path) -> Iterator[Finding]:
        assert pot.balance is not None
        name = pot.balance.by
        seen = scope.names.get(name)
        if seen is None:
            yield self.no("unknown_fact", (*place, "by"), "fact", name, scope.names)
            return
        if seen.kind not in ("text", "number"):
            message = f"a balance looks at a choice, a class, or a yes or no, and {name} is none of these"
            yield self.unfit((*place, "by"), message, "Name another fact.", "balance", name, seen.kind)
        known = seen.ids if seen.kind == "text" else ("yes", "no")
        for index, group in enumerate(pot.balance.groups):
            if group.group not in known:
                yield self.unknown_answer((*place, "groups", index, "group"), group.group, name, known)

    def criterion(self, criterion: Criterion, outer: Scope, place: Path) -> Iterator[Finding]:
        if criterion.each is not None and criterion.each not in outer.rows:
            yield self.no("unknown_fact", (*place, "each"), "fact", criterion.each, outer.rows)
            return
        scope = outer.inside(criterion.each)
        if criterion.when is not None:
            yield from self.formula(criterion.when, outer, (*place, "when"))
        if criterion.fact is not None and criterion.fact not in scope.names:
            yield self.no("unknown_fact", (*place, "fact"), "fact", criterion.fact, scope.names)
        for key in ("formula", "most_units"):
            source = getattr(criterion, key)
            if source is not None:
                yield from self.formula(source, scope, (*place, key))
        for c, component in enumerate(criterion.components):
            yield from self.formula(component.formula, scope, (*place, "components", c, "formula"))
            if component.needs is not None:
                yield from self.formula(component.needs, scope, (*place, "components", c, "needs"))
        yield from self.twice([component.id for component in criterion.components], (*place, "components"))
        if criterion.norm is not None:
            for key in ("actual", "norm", "unless"):
                source = getattr(criterion.norm, key)
                if source is not None:
                    yield from self.formula(source, scope, (*place, "norm", key))
        if criterion.class_ is not None:
            yield from self.one_fact(criterion.class_, scope, (*place, "class"), ("text",), "class")
            offered = scope.names[criterion.class_].ids if criterion.class_ in scope.names else ()
            for answer in criterion.tables if offered else ():
                if answer not in offered:
                    yield self.unknown_answer((*place, "tables", answer), answer, criterion.class_, offered)
        for answer, table in criterion.tables.items():
            if table.most_units is not None:
                yield from self.formula(table.most_units, scope, (*place, "tables", answer, "most_units"))

    # Names

    def unknown_answer(self, path: Path, answer: str, name: str, known: Sequence[str]) -> Finding:
        close = nearest(answer, list(known))
        advice = f'Did you mean "{close}"?' if close else f"The answers are {', '.join(known)}."
        return self.error("unknown_choice", path, f'"{answer}" is not an answer of {name}', advice, choice=answer, fact=name)

    def one_fact(self, name: str, scope: Scope, path: Path, kinds: Sequence[str], what: str) -> Iterator[Finding]:
        seen = scope.names.get(name)
        if seen is None:
            yield self.no("unknown_fact", path, "fact", name, scope.names)
        elif seen.kind not in kinds:
            wanted = "a choice or a class" if "text" in kinds else "a number"
            yield self.unfit(path, f"{wanted} is wanted here, and {name} is none", "Name another fact.", what, name, seen.kind)

    def formula(self, source: str, scope: Scope, place: Path, what: str = "fact") -> Iterator[Finding]:
        """A formula may name what its place can see, and tables with columns that it can compute with."""
        formula = read_formula(source)
        for name in sorted(formula.names):
            yield from self.name(formula, name, scope.names, place, what)
        for table, column in sorted(formula.tables):
            if table not in scope.rows:
                known = scope.names.get(table)
                if known is None:
                    yield self.no("unknown_fact", place, "fact", table, scope.names)
                else:
                    message = f"{table} is not a table"
                    yield self.unfit(place, message, "count, total and sum work on tables.", "formula", table, known.kind)
            elif column:
                inside = scope.inside(table).names if (table, column) in formula.row_names else scope.rows[table]
                yield from self.name(formula, column, inside, place, what, f"{table}.{column}")

    def name(self, formula: Formula, name: str, known: Mapping[str, Seen], place: Path, what: str, written: str = "") -> Iterator[Finding]:
        seen = known.get(name)
        if seen is None:
            yield self.no("unknown_criterion" if what == "criterion" else "unknown_fact", place, what, name, known)
            return
        compared = {literal for one, literal in formula.texts if one == (written or name)}
        if (written or name) in formula.asked:  # whether anything was stated can be asked of every kind
            return
        if seen.kind == "table":
            advice = f"Write count({name}) or total({name}, column)."
            yield self.unfit(place, f"{name} is a table", advice, "formula", name, seen.kind)
        elif seen.kind == "words":
            message = f"a formula cannot compute with the words of {name}"
            yield self.unfit(
                place, message, "Use a fact that is a number, an amount, a choice, a date or a yes.", "formula", name, seen.kind
            )
        elif seen.kind in ("text", "list"):
            for literal in sorted(compared - set(seen.ids)):
                yield self.unknown_answer(place, literal, name, seen.ids)
            if (
                seen.kind == "text"
                and not compared
                and any("text" in (one.left, one.right) for one in units_of(formula, {written or name: "text"}))
            ):
                message = f'{name} is a choice: it can only be compared, for example {name} == "{next(iter(seen.ids), "")}"'
                yield self.unfit(place, message, "Compare it, or give its answers numbers in a derived value.", "formula", name, seen.kind)
        elif seen.kind == "number" and compared:
            message = f"{name} is a number and cannot be compared with a text"
            yield self.unfit(place, message, "Leave out the quotes, or name a choice.", "formula", name, seen.kind)
