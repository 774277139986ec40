"""What a track asks, what it requires, and what follows from the answers: facts, conditions, derived values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationInfo, model_validator

from scoring.money import number_text
from scoring.values import ClassId, Count, Decimals, Exact, FormulaText, Id, Texts, Truth, Whole, exact_number, is_day

Text = Mapping[str, str]


class Part(BaseModel):
    """A part of a rulebook: frozen, and with no key that the language does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, ignored_types=(cached_property,))


_checks: dict[str, list[Callable[[Any], object]]] = {}
P = TypeVar("P", bound=Part)
NAMES_ALONE = {"names_alone": True}
"""The context in which only names are looked for: what the keys of a part need of each other is not asked."""


def whole_part(check: Callable[[P], P]) -> Any:
    """A validator that looks at a part as a whole, after its values."""

    _checks.setdefault(check.__qualname__.rpartition(".")[0], []).append(check)

    def after(part: P, info: ValidationInfo) -> P:
        return part if info.context == NAMES_ALONE else check(part)

    return model_validator(mode="after")(after)


def checks_of(kind: type[Part]) -> list[Callable[[Any], object]]:
    """Everything that looks at parts of a kind as a whole. Raises ``ValueError``."""
    return [check for one in reversed(kind.__mro__) for check in _checks.get(one.__qualname__, ())]


class Choice(Part):
    """One answer of a choice."""

    id: Id
    label: Texts


class Legal(Part):
    """The full words of a declaration; a required one must be given. Text and hash are kept with the submission."""

    text: Texts
    article: str


class Consent(Part):
    """The words by which an applicant lets the office fetch something from official records. Refusing is an answer too."""

    text: Texts
    records: Texts
    article: str


class Fact(Part):
    """One question of the form, and the typed value that an answer gives.

    With ``when`` it is asked only where that holds; with ``formula`` it is not asked but computed from earlier answers.
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
    when: Holds | None = None
    formula: FormulaText | None = None
    total: Truth = False
    legal: Legal | None = None
    consent: Consent | None = None

    @whole_part
    def _complete(self) -> Fact:
        self._whole()
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
            for column in self.columns:
                for key in ("when", "formula", "legal", "consent"):
                    if getattr(column, key) is not None:
                        raise ValueError(f"{key}: belongs to a question, and {column.id} is a column")
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

    def _whole(self) -> None:
        """What the keys need of the kind and of each other."""
        numeric = self.kind in ("integer", "decimal", "money")
        if self.formula is not None and (not numeric or self.required or self.prefill is not None):
            raise ValueError(
                "a fact with a formula is an integer, a decimal or money; it is computed, so it is neither required nor prefilled"
            )
        if self.total and not numeric:
            raise ValueError("total: adds up a column of the kind integer, decimal or money")
        if (self.legal is not None or self.consent is not None) and self.kind != "boolean":
            raise ValueError("legal: and consent: belong to a fact of the kind boolean")
        if self.legal is not None and self.consent is not None:
            raise ValueError("a fact is either a declaration (legal:) or a consent (consent:)")


class Section(Part):
    """A section of the form; with ``when`` it is asked only where that holds."""

    id: Id
    title: Texts
    help: Texts | None = None
    when: Holds | None = None


class Combination(Part):
    """``all``, ``any`` and ``not`` over formulas, as deep as an ordinance goes."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    all_: tuple[Holds, ...] | None = Field(None, alias="all")
    any_: tuple[Holds, ...] | None = Field(None, alias="any")
    not_: Holds | None = Field(None, alias="not")

    @whole_part
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

    @whole_part
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

    @whole_part
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
    article: str = ""
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

    @whole_part
    def _complete(self) -> Derived:
        given = [name for name in ("formula", "choose", "bands", "classes") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError("a derived value is exactly one of: formula, choose, bands, classes")
        if (given[0] in ("choose", "bands")) != (self.fact is not None):
            raise ValueError("choose and bands need fact: the fact that they look at; formula and classes need none")
        return self
