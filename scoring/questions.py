"""What a track asks, what it requires, and what follows from the answers: facts, conditions, derived values."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from scoring.money import number_text
from scoring.values import ClassId, Count, Decimals, Exact, FormulaText, Id, Texts, Truth, Whole, exact_number, is_day

Text = Mapping[str, str]


class Part(BaseModel):
    """A part of a rulebook: frozen, and with no key that the language does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, ignored_types=(cached_property,))


class Choice(Part):
    """One answer of a choice."""

    id: Id
    label: Texts


class Fact(Part):
    """One question of the form, and the typed value that an answer gives.

    Values: integer -> int, decimal -> text of an exact number, money -> int cents, date -> ISO text, boolean -> bool,
    choice -> id, choices -> list of ids, text/longtext/email/url -> text, file -> list, table -> list of rows.
    """

    id: Id
    kind: Literal[
        "integer", "decimal", "money", "date", "boolean", "choice", "choices", "text", "longtext", "email", "url", "file", "table"
    ]
    label: Texts
    help: Texts | None = None
    section: Id | None = None
    required: Truth = False
    minimum: str | None = None
    maximum: str | None = None
    decimals: Decimals = 2
    max_length: Whole | None = None
    choices: tuple[Choice, ...] = ()
    columns: tuple[Fact, ...] = ()
    min_rows: Whole = 0
    max_rows: Count = 50
    max_files: Count = 1
    proof: Texts | None = None
    unproven: Literal["nothing", "stated"] = "nothing"
    checked_in: Texts | None = None
    unit: str | None = None
    prefill: (
        Literal[
            "name", "email", "representative", "address", "iban", "tax_number", "registration_number", "phone", "short_name", "legal_form",
            "settlement", "municipality", "seat_inside", "activity_codes",
        ]
        | None
    ) = None  # fmt: skip
    public: Truth = False
    personal: Truth = False

    @model_validator(mode="after")
    def _complete(self) -> Fact:
        if self.kind in ("choice", "choices") and not self.choices:
            raise ValueError(f"a fact of the kind {self.kind} needs: choices")
        if self.kind == "table":
            if not self.columns:
                raise ValueError("a fact of the kind table needs: columns")
            if self.min_rows > self.max_rows:
                raise ValueError("min_rows is at most max_rows")
            wrong = next((column for column in self.columns if column.kind in ("table", "file")), None)
            if wrong is not None:
                raise ValueError(f"the column {wrong.id} cannot be a {wrong.kind}")
        ends = [end for end in (self.minimum, self.maximum) if end is not None]
        if self.kind == "date":
            if not all(is_day(end) for end in ends):
                raise ValueError("minimum and maximum of a date are days such as 2026-12-31")
            if len(ends) == 2 and ends[0] > ends[1]:
                raise ValueError("minimum is at most maximum")
        elif ends:
            numbers = [exact_number(end) for end in ends]
            if len(numbers) == 2 and numbers[0] > numbers[1]:
                raise ValueError("minimum is at most maximum")
        return self


class Section(Part):
    """A section of the form."""

    id: Id
    title: Texts
    help: Texts | None = None


class Combination(Part):
    """``all``, ``any`` and ``not`` over formulas, as deep as an ordinance goes."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    all_: tuple[Holds, ...] | None = Field(None, alias="all")
    any_: tuple[Holds, ...] | None = Field(None, alias="any")
    not_: Holds | None = Field(None, alias="not")

    @model_validator(mode="after")
    def _complete(self) -> Combination:
        given = [one for one in (self.all_, self.any_, self.not_) if one is not None]
        if len(given) != 1 or given[0] == ():
            raise ValueError("write exactly one of all:, any: or not:, with at least one test in it")
        return self


def _shape(value: object) -> str:
    return "<combination>" if isinstance(value, Mapping | Combination) else "<formula>"


# The tags stand in the paths of errors and are taken out of them again: a mistake is told once, as the form that was meant.
Holds = Annotated[Annotated[FormulaText, Tag("<formula>")] | Annotated[Combination, Tag("<combination>")], Discriminator(_shape)]


class Exemption(Part):
    """Who is let in although the condition is not met."""

    holds: Holds
    text: Texts
    article: str


class Condition(Part):
    """A condition for taking part. With ``holds`` it is computed from the facts; without, the office establishes it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    id: Id
    text: Texts
    article: str
    holds: Holds | None = None
    except_: tuple[Exemption, ...] = Field((), alias="except")

    @model_validator(mode="after")
    def _complete(self) -> Condition:
        if self.except_ and self.holds is None:
            raise ValueError("an exception needs a condition that is computed: add holds:")
        return self


class Interval(Part):
    """``from``/``to`` include their end, ``above``/``below`` do not; a missing end is open."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    from_: Exact | None = Field(None, alias="from")
    above: Exact | None = None
    to: Exact | None = None
    below: Exact | None = None

    @model_validator(mode="after")
    def _ends(self) -> Interval:
        if self.from_ is not None and self.above is not None:
            raise ValueError("a band begins with from: (its end included) or above: (not included), not with both")
        if self.to is not None and self.below is not None:
            raise ValueError("a band ends with to: (its end included) or below: (not included), not with both")
        return self

    def holds(self, value: Fraction | int) -> bool:
        """Whether it covers a value."""
        return (
            (self.from_ is None or value >= self.from_)
            and (self.above is None or value > self.above)
            and (self.to is None or value <= self.to)
            and (self.below is None or value < self.below)
        )

    @property
    def low(self) -> tuple[Fraction, bool] | None:
        """The lower end and whether it belongs to the band."""
        return (self.from_, True) if self.from_ is not None else (self.above, False) if self.above is not None else None

    @property
    def high(self) -> tuple[Fraction, bool] | None:
        """The upper end and whether it belongs to the band."""
        return (self.to, True) if self.to is not None else (self.below, False) if self.below is not None else None

    def text(self) -> str:
        """The band as mathematicians write it, e.g. ``[5, 10]`` or ``(10, ∞)``."""
        low, high = self.low, self.high
        left = "(−∞" if low is None else ("[" if low[1] else "(") + number_text(low[0])
        right = "∞)" if high is None else number_text(high[0]) + ("]" if high[1] else ")")
        return f"{left}, {right}"


class Band(Interval):
    """The points of the values that it covers."""

    points: Exact


class ValueBand(Interval):
    """The number that a derived value has where the fact lies here."""

    value: Exact


class ClassOf(Part):
    """One class of a classification: the first whose ``when`` holds; one without ``when`` takes the rest."""

    id: ClassId
    title: Texts
    when: FormulaText | None = None


class Derived(Part):
    """A value that follows from facts: a formula, a number for each answer, a number by bands, or a class.

    It is used by its id like a fact. With ``table`` it is computed for every row of that table.
    """

    id: Id
    title: Texts
    article: str
    table: Id | None = None
    formula: FormulaText | None = None
    fact: Id | None = None
    choose: dict[Id, Exact] | None = None
    bands: tuple[ValueBand, ...] = ()
    classes: tuple[ClassOf, ...] = ()
    unit: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> Derived:
        given = [name for name in ("formula", "choose", "bands", "classes") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError("a derived value is exactly one of: formula, choose, bands, classes")
        if (given[0] in ("choose", "bands")) != (self.fact is not None):
            raise ValueError("choose and bands need fact: the fact that they look at; formula and classes need none")
        return self
