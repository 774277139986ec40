"""Arithmetic over facts that can show its working.

A formula is one expression: numbers, names of facts, ``+ - * /``, one comparison (1 when it holds, else 0),
``min(a, b, …)``, ``max(a, b, …)``, ``floor(a)``, ``count(table)`` and ``total(table, column)``. Everything else is
refused with its place, before anything is computed. There is no power operator, sizes are bounded and arithmetic is
exact, so the time that a formula takes is bounded too.
"""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.money import MOST_DIGITS, NumberError, fixed, number, number_text

MOST_CHARACTERS = 500
MOST_NODES = 150
DEEPEST = 40
LARGEST = Fraction(10**30)
FUNCTIONS = ("min", "max", "floor", "count", "total")

_SIGNS: dict[type[ast.operator], tuple[str, int]] = {ast.Add: ("+", 1), ast.Sub: ("−", 1), ast.Mult: ("×", 2), ast.Div: ("/", 2)}
_COMPARISONS: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥", ast.Eq: "=", ast.NotEq: "≠"}
_ATOM = 9


class FormulaError(ValueError):
    """A formula that cannot be read or computed. ``column`` counts from 1 inside the formula; ``code`` is a slug."""

    def __init__(self, code: str, message: str, column: int, **params: str) -> None:
        super().__init__(f"{message} (at character {column} of the formula)")
        self.code = code
        self.message = message
        self.column = column
        self.params = params


@dataclass(frozen=True)
class Computed:
    """The value of a formula and its working, e.g. ``80 × min(12 / 16; 1) = 60``."""

    value: Fraction
    working: str


@dataclass(frozen=True)
class Formula:
    """A formula that was read and found harmless; ``names`` are the facts, ``tables`` (table, column) pairs used."""

    source: str
    tree: ast.expr
    names: frozenset[str]
    tables: frozenset[tuple[str, str]]
    divisors: frozenset[str]

    def compute(self, values: Mapping[str, Fraction], tables: Mapping[str, Iterable[Mapping[str, Fraction]]] | None = None) -> Computed:
        """Compute with ``values`` by fact id and ``tables`` as rows of values.

        Raises ``FormulaError``: ``division_by_zero``, ``unknown_name``, ``too_large``.
        """
        rows = {name: list(table) for name, table in (tables or {}).items()}
        value, text, _ = _compute(self.tree, values, rows)
        return Computed(value, f"{text} = {shown(value)}")


def shown(value: Fraction) -> str:
    """A number for people: exact when it has at most 10 decimals, else cut to 4 with an ellipsis."""
    text = number_text(value)
    if "/" in text or len(text.partition(".")[2]) > 10:
        return fixed(value, 4) + "…"
    return text


def read_formula(source: str) -> Formula:
    """Read a formula. Raises ``FormulaError`` with the column of what is wrong, in bounded time."""
    if len(source) > MOST_CHARACTERS:
        raise FormulaError("too_long", f"a formula has at most {MOST_CHARACTERS} characters", MOST_CHARACTERS)
    depth = 0
    for column, character in enumerate(source.rstrip(), 1):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(character, 0)
        if depth > DEEPEST:
            raise FormulaError("too_deep", f"parentheses are nested deeper than {DEEPEST}", column)
        if not character.isascii() or character in "\n\r\\\0":
            raise FormulaError("syntax", f"the character {character!r} has no meaning in a formula", column)
    # Python would read 1.5 as a float, a leading space as an indent and "1_0" as 10: numbers are read again by us.
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = (getattr(error, "offset", None) or 1) + len(source) - len(source.lstrip())
        raise FormulaError("syntax", "this is not a formula that can be read", column) from None
    reader = _Reader(source.strip(), len(source) - len(source.lstrip()))
    reader.check(tree, 0)
    return Formula(source, tree, frozenset(reader.names), frozenset(reader.tables), frozenset(reader.divisors))


class _Reader:
    """Walks a parsed formula once and refuses whatever is not in the language."""

    def __init__(self, source: str, shift: int) -> None:
        self.source = source
        self.shift = shift
        self.nodes = 0
        self.names: set[str] = set()
        self.tables: set[tuple[str, str]] = set()
        self.divisors: set[str] = set()

    def refuse(self, node: ast.AST, code: str, message: str, **params: str) -> FormulaError:
        return FormulaError(code, message, getattr(node, "col_offset", 0) + 1 + self.shift, **params)

    def check(self, node: ast.expr, depth: int) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise self.refuse(node, "too_large", f"a formula has at most {MOST_NODES} parts")
        if depth > DEEPEST:
            raise self.refuse(node, "too_deep", f"a formula is nested at most {DEEPEST} levels deep")
        match node:
            case ast.Constant():
                self.check_number(node)
            case ast.Name(id=name):
                if name in FUNCTIONS:
                    raise self.refuse(node, "syntax", f"{name} is a function: write {name}(…)", name=name)
                self.names.add(name)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
                self.check(left, depth + 1)
                self.check(right, depth + 1)
                if isinstance(op, ast.Div):
                    self.divisors |= {part.id for part in ast.walk(right) if isinstance(part, ast.Name)}
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                self.check(operand, depth + 1)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
                self.check(left, depth + 1)
                self.check(right, depth + 1)
            case ast.Call():
                self.check_call(node, depth)
            case _:
                raise self.refuse(node, "not_allowed", "only numbers, facts, + - * /, one comparison and the named functions are allowed")

    def check_number(self, node: ast.Constant) -> None:
        text = ast.get_source_segment(self.source, node) or ""
        try:
            if isinstance(node.value, bool) or len(text) > MOST_DIGITS:
                raise NumberError("not_a_number", text)
            # Kept as text: the float that Python made of it is never looked at.
            node.value = str(number(text))
        except NumberError:
            raise self.refuse(node, "not_a_number", "this is not a plain number such as 12 or 0.5") from None

    def check_call(self, node: ast.Call, depth: int) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS or node.keywords or any(isinstance(part, ast.Starred) for part in node.args):
            raise self.refuse(node, "unknown_function", f"the functions are {', '.join(FUNCTIONS)}", name=name)
        least, most = {"min": (2, 20), "max": (2, 20), "floor": (1, 1), "count": (1, 1), "total": (2, 2)}[name]
        if not least <= len(node.args) <= most:
            raise self.refuse(node, "arguments", f"{name} takes {least} to {most} values", name=name)
        if name in ("count", "total"):
            parts = [part.id for part in node.args if isinstance(part, ast.Name)]
            if len(parts) != len(node.args):
                raise self.refuse(node, "arguments", f"{name} takes the name of a table, and of its column", name=name)
            self.tables.add((parts[0], parts[1] if name == "total" else ""))
            return
        for part in node.args:
            self.check(part, depth + 1)


def _compute(
    node: ast.expr, values: Mapping[str, Fraction], tables: Mapping[str, list[Mapping[str, Fraction]]]
) -> tuple[Fraction, str, int]:
    """Value, working and binding strength (for parentheses) of one part."""
    column = node.col_offset + 1
    match node:
        case ast.Constant(value=text):
            value = Fraction(str(text))
            return value, shown(value), _ATOM
        case ast.Name(id=name):
            if name not in values:
                raise FormulaError("unknown_name", f"there is no fact {name}", column, name=name)
            return values[name], _signed(values[name]), _ATOM
        case ast.UnaryOp(operand=operand):
            value, text, strength = _compute(operand, values, tables)
            return -value, "−" + (text if strength == _ATOM else f"({text})"), 1
        case ast.BinOp(left=left, op=op, right=right):
            sign, strength = _SIGNS[type(op)]
            first, first_text, first_strength = _compute(left, values, tables)
            second, second_text, second_strength = _compute(right, values, tables)
            if first_strength < strength:
                first_text = f"({first_text})"
            if second_strength < strength or (second_strength == strength and sign in "−/"):
                second_text = f"({second_text})"
            return (_bounded(_arithmetic(op, first, second, column), column), f"{first_text} {sign} {second_text}", strength)
        case ast.Compare(left=left, ops=[comparison], comparators=[right]):
            first, first_text, _ = _compute(left, values, tables)
            second, second_text, _ = _compute(right, values, tables)
            holds = _holds(comparison, first, second)
            return Fraction(int(holds)), f"({first_text} {_COMPARISONS[type(comparison)]} {second_text})", _ATOM
        case ast.Call(func=ast.Name(id=name), args=arguments):
            if name in ("count", "total"):
                return _over_table(name, [part.id for part in arguments if isinstance(part, ast.Name)], tables, column)
            parts = [_compute(part, values, tables) for part in arguments]
            text = "; ".join(part[1] for part in parts)
            numbers = [part[0] for part in parts]
            if name == "floor":
                return Fraction(numbers[0].__floor__()), f"floor({text})", _ATOM
            return (min if name == "min" else max)(numbers), f"{name}({text})", _ATOM
    raise FormulaError("not_allowed", "this part is not in the language", column)


def _over_table(name: str, parts: list[str], tables: Mapping[str, list[Mapping[str, Fraction]]], column: int) -> tuple[Fraction, str, int]:
    if parts[0] not in tables:
        raise FormulaError("unknown_name", f"there is no table {parts[0]}", column, name=parts[0])
    rows = tables[parts[0]]
    if name == "count":
        value = Fraction(len(rows))
    elif any(parts[1] not in row for row in rows):
        raise FormulaError("unknown_name", f"there is no column {parts[1]}", column, name=parts[1])
    else:
        value = sum((row[parts[1]] for row in rows), Fraction(0))
    return _bounded(value, column), _signed(value), _ATOM


def _arithmetic(op: ast.operator, first: Fraction, second: Fraction, column: int) -> Fraction:
    match op:
        case ast.Add():
            return first + second
        case ast.Sub():
            return first - second
        case ast.Mult():
            return first * second
    if second == 0:
        raise FormulaError("division_by_zero", "the formula divides by zero", column)
    return first / second


def _holds(comparison: ast.cmpop, first: Fraction, second: Fraction) -> bool:
    match comparison:
        case ast.Lt():
            return first < second
        case ast.LtE():
            return first <= second
        case ast.Gt():
            return first > second
        case ast.GtE():
            return first >= second
        case ast.Eq():
            return first == second
    return first != second


def _bounded(value: Fraction, column: int) -> Fraction:
    # Exact fractions grow with each operation; a sum that needs this many digits is an attack or a mistake.
    if abs(value) > LARGEST or value.denominator > 10**200:
        raise FormulaError("too_large", "the number becomes too large", column)
    return value


def _signed(value: Fraction) -> str:
    return shown(value) if value >= 0 else f"({shown(value)})"
