"""The published rules as frozen data, each with its article; read from YAML with every error at its line and column."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from scoring.canonical import canonical_json
from scoring.findings import Positions, RulebookError, found
from scoring.money import cents_from_euros, number_text
from scoring.problems import findings_of
from scoring.reading import LARGEST_RULEBOOK, compose
from scoring.references import broken_references
from scoring.values import Count, Decimals, Euros, Exact, FormulaText, Id, PointDecimals, PotId, Texts, Truth, Whole, exact_number, is_day

FORMAT = "1"
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
    columns: tuple["Fact", ...] = ()
    min_rows: Whole = 0
    max_rows: Count = 50
    max_files: Count = 1
    proof: Texts | None = None
    unit: str | None = None
    prefill: Literal["name", "email", "representative", "address", "iban", "tax_number", "registration_number", "phone"] | None = None
    public: Truth = False
    personal: Truth = False

    @model_validator(mode="after")
    def _complete(self) -> "Fact":
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


class Condition(Part):
    """A condition for taking part. With ``holds`` it is computed from the facts; without, the office establishes it."""

    id: Id
    text: Texts
    article: str
    holds: FormulaText | None = None


class Band(Part):
    """One band: ``from``/``to`` include their end, ``above``/``below`` do not; a missing end is open."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    from_: Exact | None = Field(None, alias="from")
    above: Exact | None = None
    to: Exact | None = None
    below: Exact | None = None
    points: Exact

    def holds(self, value: Fraction) -> bool:
        """Whether the band covers a value."""
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


class ChoicePoints(Part):
    """The points of one answer."""

    choice: Id
    points: Exact


class Descriptor(Part):
    """What a panel's mark means, from this many points on."""

    points: Exact
    text: Texts


class Criterion(Part):
    """One criterion: how its points follow from a fact, or what the panel judges."""

    id: Id
    title: Texts
    article: str
    kind: Literal["bands", "per_unit", "choice", "flag", "panel", "formula"]
    maximum: Exact
    description: Texts | None = None
    fact: Id | None = None
    bands: tuple[Band, ...] = ()
    per_unit: Exact | None = None
    most_units: Exact | None = None
    choices: tuple[ChoicePoints, ...] = ()
    points: Exact | None = None
    formula: FormulaText | None = None
    step: Exact = Fraction(1)
    descriptors: tuple[Descriptor, ...] = ()
    gap_reason: Texts | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Criterion":
        wanted = {
            "bands": ("fact", "bands"), "per_unit": ("fact", "per_unit"), "choice": ("fact", "choices"),
            "flag": ("fact", "points"), "formula": ("formula",), "panel": (),
        }[self.kind]  # fmt: skip
        missing = [name for name in wanted if not getattr(self, name) and getattr(self, name) != 0]
        if missing:
            raise ValueError(f"a criterion of the kind {self.kind} needs: {', '.join(missing)}")
        if self.maximum < 0 or self.step <= 0:
            raise ValueError("maximum is at least 0 and step is more than 0")
        return self


class Threshold(Part):
    """The least number of points, compared on the exact value."""

    minimum: Exact
    inclusive: Truth = True
    article: str = ""


class Caps(Part):
    """Ceilings of one award: the request, an amount, a share of a cost. What they cut off is shared again."""

    request: Id | None = None
    amount: Euros | None = None
    cost: Id | None = None
    cost_share: Exact | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Caps":
        if self.cost_share is not None:
            if self.cost is None:
                raise ValueError("cost_share needs cost: the money fact of which it is a share")
            if not 0 < self.cost_share <= 1:
                raise ValueError("cost_share is more than 0 and at most 1: 70 % is 0.7")
        return self


class Rounding(Part):
    """How numbers are rounded: the point value, the unit of an award in euros, and what happens to the last cents."""

    point_value: Literal["exact", "cut", "half_up"] = "exact"
    decimals: PointDecimals = 0
    award_unit: Literal["0.01", "1", "10", "100"] = "0.01"
    closing: Literal["largest_remainder", "leave"] = "leave"
    tie_break: tuple[Literal["more_points", "earlier_submission", "applicant"], ...] = ("earlier_submission", "applicant")

    @property
    def unit_cents(self) -> int:
        """The award unit in cents."""
        return cents_from_euros(self.award_unit)


class MinimumAward(Part):
    """What happens to awards that would be smaller than this."""

    amount: Euros
    below: Literal["drop", "raise"] = "drop"


class Pot(Part):
    """Money that is divided by one rule among those who compete for it."""

    id: PotId
    title: Texts
    article: str
    amount: Euros
    engine: Literal["point_value", "share_of_request", "actual_cost"]
    criteria: tuple[Criterion, ...] = ()
    maximum_points: Exact | None = None
    threshold: Threshold | None = None
    aggregation: Literal["agreed", "mean", "trimmed_mean", "median"] = "mean"
    least_marks: Count = 1
    caps: Caps = Caps()
    cost_fact: Id | None = None
    minimum_award: MinimumAward | None = None
    rounding: Rounding | None = None
    leftover_to: PotId | None = None
    notes: tuple[Texts, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> "Pot":
        if self.maximum_points is not None and self.maximum_points <= 0:
            raise ValueError("maximum_points is more than 0")
        return self

    @property
    def amount_cents(self) -> int:
        """The published amount in cents."""
        return self.amount

    @property
    def rules(self) -> Rounding:
        """The declared rounding, or the default one (the linter warns when none is declared)."""
        return self.rounding or Rounding()

    @property
    def panel_criteria(self) -> tuple[Criterion, ...]:
        """The criteria that people judge."""
        return tuple(criterion for criterion in self.criteria if criterion.kind == "panel")

    @property
    def maximum(self) -> Fraction:
        """The declared maximum of points, or the sum of the criteria."""
        return self.maximum_points if self.maximum_points is not None else sum((c.maximum for c in self.criteria), Fraction(0))

    def criterion(self, identity: str) -> Criterion:
        """One criterion by its id. Raises ``KeyError``."""
        for criterion in self.criteria:
            if criterion.id == identity:
                return criterion
        raise KeyError(identity)


class Track(Part):
    """A track of a call: its own form, conditions and pots."""

    id: Id
    kind: Literal["operating", "project", "event", "mixed", "investment", "person"]
    title: Texts
    article: str
    summary: Texts | None = None
    sections: tuple[Section, ...] = ()
    facts: tuple[Fact, ...]
    conditions: tuple[Condition, ...] = ()
    pots: Annotated[tuple[Pot, ...], Field(min_length=1)]

    def fact(self, identity: str) -> Fact:
        """One fact by its id. Raises ``KeyError``."""
        for fact in self.facts:
            if fact.id == identity:
                return fact
        raise KeyError(identity)

    @property
    def request_fact(self) -> str | None:
        """The fact that says how much money is asked for."""
        return next((pot.caps.request for pot in self.pots if pot.caps.request), None)


class Rulebook(Part):
    """A whole rulebook: what a call publishes and freezes."""

    format: Literal["1"]
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
    version: str
    title: Texts
    languages: tuple[Literal["sl", "it", "en"], ...]
    source: tuple[str, ...] = ()
    notes: tuple[Texts, ...] = ()
    tracks: Annotated[tuple[Track, ...], Field(min_length=1)]
    _positions: Positions = PrivateAttr(default_factory=dict)

    @property
    def positions(self) -> Positions:
        """Where each part stands in the text it was read from (empty when it was not read from a text)."""
        return self._positions

    def pots(self) -> Iterator[tuple[Track, Pot]]:
        """Every pot with its track, in the order of the text."""
        for track in self.tracks:
            for pot in track.pots:
                yield track, pot

    def pot(self, identity: str) -> Pot:
        """One pot by its id. Raises ``KeyError``."""
        return self.track_and_pot(identity)[1]

    def track_and_pot(self, identity: str) -> tuple[Track, Pot]:
        """One pot and the track it belongs to. Raises ``KeyError``."""
        for track, pot in self.pots():
            if pot.id == identity:
                return track, pot
        raise KeyError(identity)

    def track(self, identity: str) -> Track:
        """One track by its id. Raises ``KeyError``."""
        for track in self.tracks:
            if track.id == identity:
                return track
        raise KeyError(identity)

    def to_data(self) -> dict[str, Any]:
        """Plain data (texts, whole numbers, lists) in the shape of the YAML; what the hash covers."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    def __eq__(self, other: object) -> bool:
        # Where the rules stand in a text is no part of them: read from YAML and read back from a bundle they are the same.
        return isinstance(other, Rulebook) and self.to_data() == other.to_data()

    def __hash__(self) -> int:
        return hash(self.sha256)

    @cached_property
    def sha256(self) -> str:
        """The hash of the rules: of the canonical JSON of ``to_data()``, so comments and line breaks do not matter."""
        return sha256(canonical_json(self.to_data())).hexdigest()


def rulebook_from_data(data: Mapping[str, Any]) -> Rulebook:
    """A rulebook from plain data as ``to_data()`` gives it. Raises ``RulebookError``."""
    return _build(data, {}, "rulebook")


def read_rulebook(text: str, name: str = "rulebook.yaml") -> Rulebook:
    """Read a rulebook from YAML text. Raises ``RulebookError`` with every error at once, each with line and column."""
    data, positions = compose(text, name, LARGEST_RULEBOOK)
    return _build(data, positions, name)


def _build(data: Any, positions: Positions, name: str) -> Rulebook:
    if not isinstance(data, Mapping):
        raise RulebookError(
            [
                found(
                    "error",
                    "not_a_rulebook",
                    (),
                    positions,
                    "this is not a rulebook",
                    "Begin with format, id, version, title, languages and tracks.",
                )
            ],
            name,
        )
    try:
        rulebook = Rulebook.model_validate(data)
    except ValidationError as error:
        raise RulebookError(findings_of(error, positions, Rulebook), name) from None
    rulebook._positions = positions
    broken = list(broken_references(rulebook))
    if broken:
        raise RulebookError(broken, name)
    return rulebook
