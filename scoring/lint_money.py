"""What is doubtful about euros: funds and slices that do not add up, leftovers, missing ceilings, rounding and tie rules, balance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

from scoring.findings import Finding, Path
from scoring.formula import read_formula
from scoring.lint_bands import check_bands
from scoring.lint_formulas import Here, check_formula, check_when
from scoring.lint_notes import Note
from scoring.lint_ranges import ZERO, Span
from scoring.money import euros, number_text
from scoring.rulebook import Fund, Rulebook
from scoring.sharing import Caps, Pot
from scoring.units import result_unit
from scoring.usage import exclusives_use

NEED_BASIS = ("share_of_request", "full_request", "waterfall", "control_percentage")
UNLIMITED = ("point_value", "fixed_point_value", "drivers", "panel_amounts")
PROPORTIONAL = ("point_value", "drivers", "control_percentage")
ROUNDED_BY = ("id", "engine", "short", "last", "rounding", "minimum_award")
"""The keys of a pot on which the findings about its rounding depend."""
BY_POINTS = ("point_value", "fixed_point_value", "share_of_request", "waterfall")


# Over several pots


def check_leftovers(rulebook: Rulebook, note: Note) -> Iterator[Finding]:
    """Leftovers that run in a circle, or into pots where nothing limits an award."""
    places = _places(rulebook)
    around = False
    for _, pot in rulebook.pots():
        if pot.leftover is None:
            continue
        own = note.below(*places[pot.id], "leftover")
        for index, name in enumerate(pot.leftover.to):
            if name == pot.id:
                around = True
                message = f'the leftover of "{pot.id}" goes to itself'
                advice = "Name another pot, or leave leftover: out, so that the money stays."
                yield own("error", "cyclic_leftovers", ("to", index), message, advice, pots=pot.id)
            elif name in pot.leftover.to[:index]:
                yield own(
                    "error", "leftover_twice", ("to", index), f'the pot "{name}" stands twice in the list', "Keep one of the two.", pot=name
                )
            elif pot.leftover.order == "score" and rulebook.pot(name).caps == Caps() and rulebook.pot(name).engine != "actual_cost":
                message = f'nothing limits an award in "{name}", so the first one there takes the whole leftover'
                yield own("warning", "leftover_without_cap", ("to", index), message, f'Add caps: to the pot "{name}".', pot=name)
    if around:
        return
    circle = _circle(rulebook)
    if circle:
        message = f"the leftovers run in a circle: {', '.join(circle)}"
        advice = "Let them end in a pot whose leftover goes nowhere."
        yield note("error", "cyclic_leftovers", (*places[circle[0]], "leftover"), message, advice, pots=", ".join(circle))


def _circle(rulebook: Rulebook) -> list[str]:
    """The pots whose leftovers really run in a circle, in the order of the text.

    ``order: score`` makes none: each leftover goes out once, to those of the other pots who are below their ceilings.
    """
    edges: dict[str, set[str]] = {pot.id: set() for _, pot in rulebook.pots()}
    for _, pot in rulebook.pots():
        if pot.leftover is not None and pot.leftover.when == "before":
            for source, target in pairwise((pot.id, *pot.leftover.to)):
                edges[source].add(target)
        elif pot.leftover is not None and pot.leftover.order == "listed":
            edges[pot.id] |= set(pot.leftover.to)
    while True:  # what leads nowhere, or is led to from nowhere, stands beside the circle
        reached = set().union(*edges.values())
        inside = {source: targets & reached & set(edges) for source, targets in edges.items() if targets and source in reached}
        if inside == edges:
            break
        edges = inside
    return [pot.id for _, pot in rulebook.pots() if pot.id in edges and pot.leftover is not None]


def _places(rulebook: Rulebook) -> dict[str, Path]:
    return {pot.id: ("tracks", t, "pots", p) for t, track in enumerate(rulebook.tracks) for p, pot in enumerate(track.pots)}


def check_funds(rulebook: Rulebook, note: Note) -> Iterator[Finding]:
    """Parts of a fund add up to it, and percentages come to whole cents."""
    places = _places(rulebook)
    parts: list[tuple[Path, Fund | Pot]] = [(("funds", f), fund) for f, fund in enumerate(rulebook.funds)]
    parts += [(places[pot.id], pot) for _, pot in rulebook.pots()]
    cents: dict[str, Fraction] = {}
    for _ in rulebook.funds:  # a fund can be a part of a fund that stands after it
        cents |= {fund.id: amount for fund in rulebook.funds if (amount := _amount(rulebook, fund, cents)) is not None}
    for f, fund in enumerate(rulebook.funds):
        own = note.below("funds", f)
        if fund.id not in cents:
            message = f'the fund "{fund.id}" is a part of itself'
            yield own("error", "cyclic_funds", ("of",), message, "Let one of the funds have an amount:.", fund=fund.id)
            continue
        yield from _fund(fund, cents[fund.id], [(place, part) for place, part in parts if part.of == fund.id], own, note)
    sources = {name for _, pot in rulebook.pots() if pot.leftover is not None for name in pot.leftover.to}
    for _, pot in rulebook.pots():
        known = pot.of is None or pot.of in cents
        if known and not pot.remainder and not pot.counted and pot.amount_cents == 0 and pot.id not in sources:
            message = f'there is no money in pot "{pot.id}"'
            yield note(
                "warning",
                "pot_empty",
                places[pot.id],
                message,
                "Correct its amount, or let the leftover of another pot join it.",
                pot=pot.id,
            )


def _amount(rulebook: Rulebook, fund: Fund, cents: Mapping[str, Fraction]) -> Fraction | None:
    """What a fund comes to in cents; None while that of the fund above it is not known."""
    if fund.amount is not None:
        return Fraction(fund.amount)
    whole = cents.get(str(fund.of))
    if whole is None:
        return None
    if fund.percent is not None:
        return Fraction(int(whole * fund.percent / 100))
    others: list[Fund | Pot] = [one for one in rulebook.funds if one is not fund]
    others += [pot for _, pot in rulebook.pots()]
    return max(ZERO, whole - sum(int(whole * one.percent / 100) for one in others if one.of == fund.of and one.percent is not None))


def _fund(fund: Fund, cents: Fraction, parts: list[tuple[Path, Fund | Pot]], own: Note, note: Note) -> Iterator[Finding]:
    if not parts:
        message = f'no pot is a part of the fund "{fund.id}"'
        yield own("warning", "fund_unused", (), message, f"Let pots name it with of: {fund.id}, or remove it.", fund=fund.id)
        return
    shares = sum((part.percent for _, part in parts if part.percent is not None), ZERO)
    rest = [(place, part) for place, part in parts if part.remainder]
    counted = [(place, part) for place, part in parts if isinstance(part, Pot) and part.by_count is not None]
    sharing = any(part.by_count is not None and part.by_count.rate is None for _, part in counted)
    said = {"fund": fund.id, "sum": number_text(shares)}
    if shares > 100:
        message = f'the parts of the fund "{fund.id}" add up to {said["sum"]} %'
        yield own("error", "pots_do_not_add_up", (), message, "Correct the percentages: together they are at most 100.", **said)
    elif shares < 100 and not rest and counted and not sharing:
        message = f'what the rates do not use of the fund "{fund.id}" is never divided'
        yield own("warning", "money_left_over", (), message, "Give one part remainder: yes.", **said)
    elif shares < 100 and not rest and not sharing:
        left = euros(int(cents * (100 - shares) / 100))
        message = f'the parts of the fund "{fund.id}" add up to {said["sum"]} %, and {left} EUR are never divided'
        yield own("warning", "money_left_over", (), message, "Give one part remainder: yes, or correct the percentages.", left=left, **said)
    for place, _ in rest[1:]:
        message = f'two parts take the remainder of the fund "{fund.id}"'
        yield note("error", "two_remainders", (*place, "remainder"), message, "Give all but one of them a percentage.", fund=fund.id)
    if shares == 100 and (rest or counted):
        place, key = (rest[0][0], "remainder") if rest else (counted[0][0], "by_count")
        message = f'nothing remains of the fund "{fund.id}": its other parts are 100 % already'
        yield note("warning", "remainder_empty", (*place, key), message, "Correct the percentages, or remove this part.", fund=fund.id)
    elif rest and sharing:
        message = f'nothing remains of the fund "{fund.id}": the parts that are shared by a count take all of it'
        yield note(
            "warning", "remainder_empty", (*rest[0][0], "remainder"), message, "Give the counts a rate, or remove this part.", fund=fund.id
        )
    for place, _ in [(place, part) for place, part in rest if counted and not isinstance(part, Pot)]:
        message = f'a fund cannot be what parts of "{fund.id}" leave whose size follows from a count'
        yield note("error", "remainder_of_counts", (*place, "remainder"), message, "Give it a percentage, or make it a pot.", fund=fund.id)
    titles = [(place, part.by_count.title) for place, part in counted if part.by_count is not None and part.by_count.rate is None]
    for place, title in titles[1:]:
        if title != titles[0][1]:
            message = f'parts of the fund "{fund.id}" are in proportion to counts of different things'
            advice = "Count the same in all of them, and call it the same; or give each a rate."
            yield note("warning", "counts_differ", (*place, "by_count", "title"), message, advice, fund=fund.id)
            break
    for place, part in parts:
        if part.percent is not None and (cents * part.percent / 100).denominator != 1:
            message = f'{number_text(part.percent)} % of the fund "{fund.id}" is not whole cents and is cut'
            advice = "Choose another percentage, or give one part the remainder, so that no cent is lost."
            if not (rest or sharing) or shares > 100:
                yield note(
                    "warning",
                    "percent_not_whole_cents",
                    (*place, "percent"),
                    message,
                    advice,
                    fund=fund.id,
                    percent=number_text(part.percent),
                )


def check_exclusive(rulebook: Rulebook, note: Note) -> Iterator[Finding]:
    """Pots of which an applicant gets one: whether each can be chosen, and whether others could recompute who gets which."""
    for track in rulebook.tracks:
        for fact in track.facts:
            if fact.personal and fact.id in exclusives_use(rulebook, track):
                message = (
                    f"who gets which of exclusive pots follows from the personal fact {fact.id}, so it could not be published and checked"
                )
                yield note(
                    "error", "personal_fact_in_rule", ("exclusive",), message, "Ask for it in a fact that is not personal.", fact=fact.id
                )
    for e, rule in enumerate(rulebook.exclusive):
        own = note.below("exclusive", e)
        for index, name in enumerate(rule.pots):
            if name in rule.pots[:index]:
                yield own(
                    "error", "pot_twice", ("pots", index), f'the pot "{name}" stands twice in the list', "Keep one of the two.", pot=name
                )
        if rule.fact is None:
            continue
        facts = [fact for track in rulebook.tracks for fact in track.facts if fact.id == rule.fact]
        if any(fact.kind != "choice" for fact in facts):
            kind = next(fact.kind for fact in facts if fact.kind != "choice")
            message = f"the pot is chosen with a choice, and {rule.fact} is a fact of the kind {kind}"
            said = {"kind": "exclusive", "fact": rule.fact, "fact_kind": kind}
            yield own("error", "fact_does_not_fit", ("fact",), message, "Name a fact of the kind choice.", **said)
            continue
        offered = {choice.id for fact in facts for choice in fact.choices}
        for name in [one for one in rule.pots if one not in offered]:
            message = f'nobody can choose the pot "{name}": it is not an answer of {rule.fact}'
            yield own(
                "error", "pot_not_offered", ("fact",), message, f'Add a choice with the id "{name}" to the fact.', pot=name, fact=rule.fact
            )


# One pot


def check_count(pot: Pot, here: Here, note: Note) -> Iterator[Finding]:
    """What a pot is sized by: ``here`` is the application, whatever its pot scores one by one."""
    if pot.by_count is None or pot.by_count.formula is None:
        return
    key: Path = ("by_count", "formula")
    yield from check_formula(pot.by_count.formula, here, key, note)
    unit = result_unit(read_formula(pot.by_count.formula).tree, here.scope.units())
    if pot.by_count.rate is not None and "EUR" in unit:
        message = "a rate is so many euros for each that is counted, and the formula comes to euros itself"
        said = {"left": unit, "right": "EUR", "column": 1}
        yield note("error", "units_do_not_fit", key, message, "Count heads, hours or events, or leave out the rate.", **said)


def check_money(pot: Pot, here: Here, points: Span, fed: bool, note: Note) -> Iterator[Finding]:
    """How one pot becomes euros. ``points`` is what an application can reach, ``fed`` whether leftovers of other pots join it."""
    yield from check_rounding(pot, note)
    yield from _caps(pot, here, fed, note)
    yield from _engine(pot, here, points, note)
    yield from _balance(pot, here, note)


def check_rounding(pot: Pot, note: Note) -> Iterator[Finding]:
    """What a pot does not say about the last cents and about equals; nothing but the keys in ``ROUNDED_BY`` is looked at."""
    # Plain data leaves out what is as if nothing was said, so from there every rounding counts as complete.
    said = set() if pot.rounding is None else pot.rounding.model_fields_set
    lists = pot.engine in ("waterfall", "category_amounts") or pot.short == "leave_out"
    rules = pot.rules.tie_break
    if pot.rounding is None:
        message = f'pot "{pot.id}" does not say how it rounds and closes'
        advice = "Add rounding: with point_value, award_unit and closing. Until then: exact, 0.01, leave."
        yield note("warning", "rounding_missing", (), message, advice, pot=pot.id)
    elif pot.engine in PROPORTIONAL and "closing" not in said:
        message = f'pot "{pot.id}" does not say what happens to the last cents'
        advice = "Add closing: largest_remainder, to_one, or leave if they are not divided."
        yield note("warning", "closing_missing", ("rounding",), message, advice, pot=pot.id)
    closes = pot.rules.closing in ("largest_remainder", "to_one")
    by_name = not [rule for rule in rules if rule != "applicant"]
    if (lists or closes) and ("tie_break" not in said or by_name):
        what = "its money can end between two equals" if lists else "the last cents can go to one of two equals"
        order = "by name alone" if by_name else "unless by the time of submission"
        message = f'pot "{pot.id}" does not say who of two equals comes first, {order}, and {what}'
        advice = "Add tie_break: to rounding, for example [criterion:ID, earlier_submission, lot]; a lot is drawn and recorded."
        yield note("warning", "tie_missing", ("rounding",), message, advice, pot=pot.id)
    if "lot" in rules:
        after = [rule for rule in rules[rules.index("lot") + 1 :] if rule != "applicant"]
        if after:
            message = f"a lot decides between all equals, so {', '.join(after)} is never asked"
            yield note("warning", "rule_after_lot", ("rounding", "tie_break"), message, "Put lot last.", rules=", ".join(after))
    for index, rule in enumerate(rules):
        if rule in rules[:index]:
            message = f'the rule "{rule}" stands twice'
            yield note("warning", "rule_twice", ("rounding", "tie_break", index), message, "Keep the first of the two.", rule=rule)
    if pot.minimum_award is not None and pot.minimum_award.amount % pot.rules.unit_cents:
        message = f"the minimum award is not a multiple of the award unit {pot.rules.award_unit}"
        advice = "Rounding may then give less than the minimum: choose a multiple of the unit."
        yield note("warning", "minimum_off_unit", ("minimum_award", "amount"), message, advice, unit=pot.rules.award_unit)


def _caps(pot: Pot, here: Here, fed: bool, note: Note) -> Iterator[Finding]:
    if pot.engine in NEED_BASIS and pot.basis_fact is None:
        message = f"the engine {pot.engine} needs to know the request"
        yield note("error", "cap_missing", (), message, "Add caps: request: with the money fact that is asked for.", pot=pot.id)
    elif pot.engine in UNLIMITED and pot.caps == Caps():
        message = f'nothing limits an award in pot "{pot.id}", not even the request'
        advice = "Add caps: request:, since an award may not exceed what was asked for."
        yield note("warning", "cap_missing", (), message, advice, pot=pot.id)
    for key, asked in (("request", pot.caps.request), ("cost", pot.caps.cost)):
        if pot.items is not None and asked not in (None, *(column.id for column in here.track.fact(pot.items.table).columns)):
            message = f'each item in pot "{pot.id}" may get all of {asked}, which is asked for once in the whole application'
            advice = f"Ask for the amount in each row of {pot.items.table}, and name that column in caps: {key}:."
            yield note("error", "request_not_of_item", ("caps", key), message, advice, pot=pot.id, fact=str(asked))
    for index, limit in enumerate(pot.caps.limits):
        yield from check_when(limit.when, here, ("caps", "limits", index, "when"), note)
    least = pot.minimum_award
    if least is None:
        return
    fixed = [limit.amount for limit in pot.caps.limits if limit.when is None and limit.amount is not None]
    highest = min((one for one in (pot.caps.amount, *fixed) if one is not None), default=None)
    said = {"minimum": euros(least.amount)}
    if highest is not None and least.amount > highest:
        message = f"the minimum award of {said['minimum']} EUR is above the ceiling of {euros(highest)} EUR"
        yield note(
            "error", "minimum_above_cap", ("minimum_award", "amount"), message, "Correct one of the two.", cap=euros(highest), **said
        )
    elif not fed and 0 < pot.amount_cents < least.amount:
        message = f"the minimum award of {said['minimum']} EUR is more than there is in the pot"
        yield note("error", "minimum_above_pot", ("minimum_award", "amount"), message, "Correct one of the two.", **said)


def _engine(pot: Pot, here: Here, points: Span, note: Note) -> Iterator[Finding]:
    by_points = pot.engine in BY_POINTS or any(driver.by == "points" for driver in pot.drivers)
    if by_points and not pot.criteria:
        message = f'pot "{pot.id}" has no criteria'
        yield note("error", "criteria_missing", (), message, "Add criteria, or choose an engine that needs no points.", pot=pot.id)
    if pot.engine == "share_of_request" and pot.criteria and not pot.score_bands and not pot.maximum:
        message = "the share is points divided by their maximum, and there is none"
        advice = "Add maximum_points:, a maximum: to every criterion, or score_bands:."
        yield note("error", "share_without_maximum", ("engine",), message, advice, pot=pot.id)
    if pot.score_bands and pot.criteria:
        yield from check_bands(pot.score_bands, points, note, ("score_bands",), "gets no share", pot.id)
    if pot.tiers and pot.basis is not None:
        yield from check_bands(pot.tiers, here.space.of(pot.basis), note, ("tiers",), "gets nothing", pot.id)
    for index, driver in enumerate(pot.drivers):
        yield from check_formula(driver.formula, here, ("drivers", index, "formula"), note)
    total = sum((driver.percent for driver in pot.drivers), ZERO)
    if pot.drivers and total != 100:
        message = f"the slices add up to {number_text(total)} %"
        yield note(
            "error",
            "slices_do_not_add_up",
            ("drivers",),
            message,
            "Correct the percentages: together they are 100.",
            sum=number_text(total),
        )
    for answer in [one for one in here.ids(pot.category) if one not in pot.amounts]:
        message = f'the answer "{answer}" has no amount and gets nothing'
        yield note("warning", "category_without_amount", ("amounts",), message, "Add its amount, or 0 if that is meant.", choice=answer)


def _balance(pot: Pot, here: Here, note: Note) -> Iterator[Finding]:
    balance = pot.balance
    if balance is None:
        return
    own = note.below("balance")
    named = {group.group: group for group in balance.groups}
    if balance.least is None and balance.most is None and not any(one.least is not None or one.most is not None for one in balance.groups):
        yield own("error", "balance_empty", (), "the balance sets no share", "Add least: or most:, for all groups or for one.")
        return
    fact = here.fact(balance.by)
    groups = here.ids(balance.by) or ("yes", "no")
    if fact is not None and fact.formula is None and (fact.when is not None or not fact.required):
        asked = "is not required" if fact.when is None else "is not asked of everybody"
        message = f'the question "{fact.id}" {asked}, and whoever does not answer it is in no group and has no share'
        advice = "Make it required, or acknowledge that this is meant."
        yield own("warning", "balance_unanswered", ("by",), message, advice, fact=fact.id)
    leasts, mosts = [], []
    for group in groups:
        one = named.get(group)
        least = one.least if one is not None and one.least is not None else balance.least
        most = one.most if one is not None and one.most is not None else balance.most
        leasts.append(least or ZERO)
        mosts.append(most)
        if least is not None and most is not None and least > most:
            key: Path = ("groups", balance.groups.index(one)) if one is not None else ()
            message = f'the least share of "{group}" is {number_text(least)} %, and its largest only {number_text(most)} %'
            said = {"group": group, "least": number_text(least), "most": number_text(most)}
            yield own("error", "least_above_most", key, message, "Correct one of the two.", **said)
            if one is None:
                break
    if sum(leasts) > 100:
        total = number_text(sum(leasts, ZERO))
        message = f"the least shares of all groups add up to {total} %"
        yield own("error", "balance_impossible", (), message, "Lower them: together they are at most 100.", sum=total)
    limited = sum((one for one in mosts if one is not None), ZERO)
    if None not in mosts and limited < 100 and not (fact is not None and fact.kind not in ("choice", "boolean")):
        message = f"the largest shares of all groups add up to {number_text(limited)} %, so the pot is never used up"
        advice = "Raise them to at least 100 together, or acknowledge that the rest stays."
        yield own("warning", "balance_leaves_money", (), message, advice, sum=number_text(limited))
