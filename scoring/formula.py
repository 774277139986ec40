"""Arithmetic over facts that can show its working.

A formula is one expression: numbers, names of facts, ``+ - * /``, comparisons (1 when they hold, else 0), ``and``, ``or``,
``not``, ``if(condition, a, b)``, texts and days to compare with, and the functions in ``FUNCTIONS``. Everything else is
refused with its place, before anything is computed. There is no power operator, sizes are bounded and arithmetic is
exact, so the time that a formula takes is bounded too.
"""

import ast
import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from scoring.arithmetic import Run, compiled
from scoring.money import MOST_DIGITS, NumberError, number
from scoring.syntax import Apply, Compare, FormulaError, Name, Number, Over, Part, Row, Text, Value, as_day
from scoring.units import UnitMismatch, mismatches
from scoring.working import ratio_shown, shown, written

__all__ = ["FUNCTIONS", "Computed", "Formula", "FormulaError", "UnitMismatch", "Value", "ratio_shown", "read_formula", "shown", "units_of"]

MOST_CHARACTERS = 500
MOST_NODES = 150
DEEPEST = 40
MOST_WORK = 1_000_000  # rows of a table, times parts of the formula

# How many values each function takes. A word is a function only before a parenthesis: a fact may be called ``years``.
_ARGUMENTS = {
    "if": (3, 3), "min": (2, 20), "max": (2, 20), "floor": (1, 1), "ceil": (1, 1), "abs": (1, 1), "round": (2, 2),
    "count": (1, 2), "total": (2, 2), "sum": (2, 2), "most": (2, 2), "least": (2, 2),
    "has": (2, 2), "known": (1, 1), "years": (2, 2), "days": (2, 2),
}  # fmt: skip
FUNCTIONS = tuple(_ARGUMENTS)

_TOKEN = re.compile(
    r"""(?P<space>[ \t]+)
    | (?P<number>[0-9][A-Za-z0-9_.]*)
    | (?P<word>[A-Za-z][A-Za-z0-9_]*+)(?!["'])
    | (?P<text>"[ !#-\[\]-~]*"|'[ -&(-\[\]-~]*')
    | (?P<sign>\*(?!\*)|/(?!/)|[<>=!]=|<(?![<>])|>(?!>)|[-+(),])""",
    re.VERBOSE,
)
_SIGNS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_NO_TABLES: Mapping[str, Sequence[Row]] = {}


@dataclass(frozen=True)
class Computed:
    """The value of a formula and its working, e.g. ``80 × min(12 / 16; 1) = 60``."""

    value: Fraction
    working: str


@dataclass(frozen=True)
class Formula:
    """A formula that was read and found harmless, and what it uses.

    ``names`` are the facts. ``tables`` are (table, column) pairs; the column is empty where only rows are counted. What is
    named inside a row expression is in ``row_names`` too: a column, or a fact outside when there is no such column. ``asked``
    are names of which only ``known`` asks, whatever they hold.
    ``texts`` are (name, text) pairs that are compared, ``dates`` names that must be days, ``divisors`` names by which is
    divided; in these four, a name inside a row expression is written ``table.name``. ``condition`` says that the whole
    formula is a question with the answer 1 or 0. ``run`` is the tree as functions, made once for ``value``.
    """

    source: str
    tree: Part
    names: frozenset[str]
    tables: frozenset[tuple[str, str]]
    row_names: frozenset[tuple[str, str]]
    divisors: frozenset[str]
    texts: frozenset[tuple[str, str]]
    dates: frozenset[str]
    asked: frozenset[str]
    condition: bool
    most_rows: int
    run: Run = field(repr=False, compare=False)

    def value(self, values: Row, tables: Mapping[str, Sequence[Row]] | None = None) -> Fraction | int:
        """The value alone: many times faster than ``compute``, with the same result and the same errors."""
        n, d = self.run(values, tables or _NO_TABLES)
        if d == 1:
            return n
        whole, rest = divmod(n, d)
        return Fraction(n, d) if rest else whole

    def compute(self, values: Row, tables: Mapping[str, Sequence[Row]] | None = None) -> Computed:
        """Compute with ``values`` by fact id and ``tables`` as rows of values; None is what was not stated, and counts as 0.

        Raises ``FormulaError``: ``division_by_zero``, ``unknown_name``, ``too_large``, ``not_a_number`` (a text where a number
        belongs), ``missing_value`` and ``not_a_date`` (where a date belongs).
        """
        value = Fraction(self.value(values, tables))
        return Computed(value, f"{written(self.tree, values, tables or _NO_TABLES, self.most_rows)} = {shown(value)}")


def units_of(formula: Formula, units: Mapping[str, str]) -> list[UnitMismatch]:
    """Where a formula adds, compares or chooses between things of different units; see ``scoring.units``."""
    return mismatches(formula.tree, units)


@lru_cache(maxsize=4096)
def read_formula(source: str) -> Formula:
    """Read a formula. Raises ``FormulaError`` with the column of what is wrong, in bounded time."""
    if len(source) > MOST_CHARACTERS:
        raise FormulaError("too_long", f"a formula has at most {MOST_CHARACTERS} characters", MOST_CHARACTERS)
    text = source.strip(" \t\r\n")
    shift = source.index(text)
    python = _for_python(text, shift)
    try:
        tree = ast.parse(python, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = min(getattr(error, "offset", None) or 1, len(text) + 1)
        raise FormulaError("syntax", "this is not a formula that can be read", column + shift) from None
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    if len(nodes) > MOST_NODES:
        raise FormulaError("too_large", f"a formula has at most {MOST_NODES} parts", nodes[MOST_NODES].col_offset + 1 + shift)
    reader = _Reader(text, shift)
    part = reader.part(tree, 0)
    most_rows = MOST_WORK // len(nodes)
    return Formula(
        source,
        part,
        frozenset(reader.names),
        frozenset(reader.tables),
        frozenset(reader.row_names),
        frozenset(reader.divisors),
        frozenset(reader.texts),
        frozenset(reader.dates),
        frozenset(reader.asked - reader.computed),
        isinstance(part, Compare) or (isinstance(part, Apply) and part.word in ("and", "or", "not", "has", "known")),
        most_rows,
        compiled(part, most_rows),
    )


def _for_python(text: str, shift: int) -> str:
    """The formula as Python can parse it, every sign at its place.

    Only what our language is made of passes. Words that Python keeps for itself, such as ``if`` or ``from``, become as
    many underscores; the reader takes every name from the text itself.
    """
    pieces: list[str] = []
    opened: list[int] = []
    place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        column = place + 1 + shift
        if token is None:
            raise _no_token(text, place, column)
        piece = token[0]
        if token["number"] and not re.fullmatch(r"(0|[1-9][0-9]*)(\.[0-9]+)?", piece):
            raise FormulaError("not_a_number", "this is not a plain number such as 12 or 0.5", column)
        if piece == "if" and not text[token.end() :].lstrip(" \t").startswith("("):
            raise FormulaError("syntax", "write if(condition, a, b)", column)
        if piece == "(":
            opened.append(column)
            if len(opened) > DEEPEST:
                raise FormulaError("too_deep", f"parentheses are nested deeper than {DEEPEST}", column)
        elif piece == ")":
            if not opened:
                raise FormulaError("syntax", "this parenthesis closes nothing", column)
            opened.pop()
        reserved = keyword.iskeyword(piece) and piece.islower() and piece not in ("and", "or", "not")
        pieces.append("_" * len(piece) if reserved else piece)
        place = token.end()
    if opened:
        raise FormulaError("syntax", "this parenthesis is not closed", opened[-1])
    return "".join(pieces)


def _no_token(text: str, place: int, column: int) -> FormulaError:
    sign = text[place]
    if sign in "\"'" and sign not in text[place + 1 :]:
        return FormulaError("syntax", "this text has no end", column)
    if sign in "\"'":
        return FormulaError("syntax", "a text has plain letters, digits and signs only", column)
    if sign == "=":
        return FormulaError("syntax", "write == to compare", column)
    if text.startswith("**", place):
        return FormulaError("not_allowed", "there are no powers in a formula", column)
    return FormulaError("syntax", f"the character {sign!r} has no meaning in a formula", column)


class _Reader:
    """Walks a parsed formula once, refuses whatever is not in the language, and notes what is used."""

    def __init__(self, source: str, shift: int) -> None:
        self.source = source
        self.shift = shift
        self.table = ""  # inside the expression for the rows of this table
        self.dividing = 0
        self.names: set[str] = set()
        self.tables: set[tuple[str, str]] = set()
        self.row_names: set[tuple[str, str]] = set()
        self.divisors: set[str] = set()
        self.texts: set[tuple[str, str]] = set()
        self.dates: set[str] = set()
        self.asked: set[str] = set()
        self.computed: set[str] = set()

    def column(self, node: ast.expr) -> int:
        return node.col_offset + 1 + self.shift

    def refuse(self, node: ast.expr, code: str, message: str, **params: str) -> FormulaError:
        return FormulaError(code, message, self.column(node), **params)

    def written(self, node: ast.expr) -> str:
        return self.source[node.col_offset : node.end_col_offset]

    def part(self, node: ast.expr, depth: int) -> Part:
        """One part that is a number."""
        if depth > DEEPEST:
            raise self.refuse(node, "too_deep", f"a formula is nested at most {DEEPEST} levels deep")
        column = self.column(node)
        match node:
            case ast.Constant() if _is_text(node):
                raise self.refuse(node, "not_a_number", 'a text can only be compared, as in seat == "local"')
            case ast.Constant():
                return Number(column, self.number(node))
            case ast.Name():
                return self.name(node)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                first = self.part(left, depth + 1)
                self.dividing += 1
                second = self.part(right, depth + 1)
                self.dividing -= 1
                return Apply(column, "/", (first, second))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
                return Apply(column, _SIGNS[type(op)], (self.part(left, depth + 1), self.part(right, depth + 1)))
            case ast.UnaryOp(op=ast.USub() | ast.Not() as op, operand=operand):
                return Apply(column, "not" if isinstance(op, ast.Not) else "negative", (self.part(operand, depth + 1),))
            case ast.BoolOp(op=op, values=parts):
                return Apply(column, "and" if isinstance(op, ast.And) else "or", self.all(parts, depth))
            case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in _COMPARISONS for op in ops):
                return self.comparison(column, [_COMPARISONS[type(op)] for op in ops], [left, *others], depth)
            case ast.Call():
                return self.call(node, depth)
            case ast.Tuple():
                raise self.refuse(node, "not_allowed", "a comma stands between the values of a function; decimals have a point")
        raise self.refuse(
            node, "not_allowed", "only numbers, facts, + - * /, comparisons, and, or, not and the named functions are allowed"
        )

    def all(self, nodes: Sequence[ast.expr], depth: int) -> tuple[Part, ...]:
        return tuple(self.part(node, depth + 1) for node in nodes)

    def number(self, node: ast.Constant) -> Fraction:
        # Python would read 1.5 as a float: it is read again by us.
        text = self.written(node)
        try:
            if len(text) > MOST_DIGITS:
                raise NumberError("not_a_number", text)
            return number(text)
        except NumberError:
            raise self.refuse(node, "not_a_number", "this is not a plain number such as 12 or 0.5") from None

    def name(self, node: ast.Name, *, asked: bool = False) -> Name:
        name = Name(self.column(node), self.written(node), self.table)
        (self.asked if asked else self.computed).add(_qualified(name))
        if self.table:
            self.row_names.add((self.table, name.name))
            self.tables.add((self.table, name.name))
        else:
            self.names.add(name.name)
        if self.dividing:
            self.divisors.add(_qualified(name))
        return name

    def text(self, node: ast.expr, *, day: bool = False) -> Text:
        text = self.written(node)
        if text[0] in text[1:-1] or len(text) < 3:  # two texts side by side, three quotes, or nothing
            raise self.refuse(node, "syntax", "this is not one text in quotes; for what was not stated, write not known(…)")
        if day and as_day(text[1:-1]) is None:
            raise self.refuse(node, "not_a_date", "this is not a date such as 2026-12-31")
        return Text(self.column(node), text[1:-1])

    def comparison(self, column: int, signs: list[str], nodes: list[ast.expr], depth: int) -> Compare:
        parts: list[Part] = []
        for node in nodes:
            parts.append(self.text(node) if _is_text(node) else self.part(node, depth + 1))
        for sign, left, right in zip(signs, parts, parts[1:], strict=False):
            text, other = (left, right) if isinstance(left, Text) else (right, left)
            if not isinstance(text, Text):
                continue
            if not isinstance(other, Name):
                raise FormulaError("not_a_number", 'a text is compared with the name of a fact, as in seat == "local"', text.column)
            if sign in ("==", "!="):
                self.texts.add((_qualified(other), text.text))
            elif as_day(text.text):
                self.dates.add(_qualified(other))
            else:
                raise FormulaError("not_a_date", "only dates such as 2026-12-31 come one before the other", text.column)
        return Compare(column, tuple(signs), tuple(parts))

    def call(self, node: ast.Call, depth: int) -> Part:
        word = self.written(node.func) if isinstance(node.func, ast.Name) else ""
        if word not in _ARGUMENTS or node.keywords or any(isinstance(part, ast.Starred) for part in node.args):
            raise self.refuse(node, "unknown_function", f"the functions are {', '.join(FUNCTIONS)}", name=word)
        least, most = _ARGUMENTS[word]
        if not least <= len(node.args) <= most:
            takes = f"{least} to {most} values" if least < most else "1 value" if most == 1 else f"{most} values"
            raise self.refuse(node, "arguments", f"{word} takes {takes}", name=word)
        column = self.column(node)
        first, last = node.args[0], node.args[-1]
        match word:
            case "count" | "total" | "sum" | "most" | "least":
                return self.over(node, word, depth)
            case "known" if isinstance(first, ast.Name):
                return Apply(column, word, (self.name(first, asked=True),))
            case "has" if isinstance(first, ast.Name) and _is_text(last):
                chosen, text = self.name(first), self.text(last)
                self.texts.add((_qualified(chosen), text.text))
                return Apply(column, word, (chosen, text))
            case "years" | "days":
                return Apply(column, word, tuple(self.day(part, word) for part in node.args))
            case "round" if re.fullmatch("[0-9]|10", self.written(last)):
                return Apply(column, word, (self.part(first, depth + 1), Number(self.column(last), Fraction(self.written(last)))))
            case "known" | "has" | "round":
                wanted = {"known": "a fact", "has": "a fact and a text", "round": "a number and how many decimals, 0 to 10"}[word]
                raise self.refuse(node, "arguments", f"{word} takes {wanted}", name=word)
        return Apply(column, word, self.all(node.args, depth))

    def day(self, node: ast.expr, word: str) -> Part:
        if _is_text(node):
            return self.text(node, day=True)
        if not isinstance(node, ast.Name):
            raise self.refuse(node, "arguments", f"{word} takes dates: facts, or texts such as 2026-12-31 in quotes", name=word)
        name = self.name(node)
        self.dates.add(_qualified(name))
        return name

    def over(self, node: ast.Call, word: str, depth: int) -> Over:
        table = self.written(node.args[0])
        last = node.args[-1] if len(node.args) == 2 else None
        if not isinstance(node.args[0], ast.Name) or (word == "total" and not isinstance(last, ast.Name)):
            raise self.refuse(node, "arguments", f"{word} takes the name of a table, and what to look at in its rows", name=word)
        if self.table:
            raise self.refuse(node, "nested", f"{word} cannot stand inside an expression for the rows of a table", name=word)
        part: Part | None = None
        if word == "total" and last is not None:
            part = Name(self.column(last), self.written(last), table)
            self.computed.add(_qualified(part))
            self.tables.add((table, part.name))
        elif last is not None:
            self.table = table
            part = self.part(last, depth + 1)
            self.table = ""
        if part is None or (word != "total" and not any(used == table for used, _ in self.row_names)):
            self.tables.add((table, ""))
        if self.dividing:
            self.divisors.add(_qualified(part) if word == "total" and isinstance(part, Name) else table)
        return Over(self.column(node), word, table, part)


def _qualified(name: Name) -> str:
    return f"{name.table}.{name.name}" if name.table else name.name


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
