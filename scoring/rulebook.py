"""The published rules as frozen data, each with its article; read from YAML with every error at its line and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, PrivateAttr, ValidationError

from scoring.canonical import canonical_json
from scoring.finance import FinancePlan
from scoring.findings import Finding, Positions, RulebookError, refusal
from scoring.joint import Activity, Partners
from scoring.problems import findings_of
from scoring.questions import Condition, Derived, Exemption, Fact, Part, Section, whole_part
from scoring.reading import LARGEST_RULEBOOK, compose
from scoring.references import broken_references
from scoring.salvage import further_problems, names_unsure, salvage
from scoring.sharing import Money, Pot
from scoring.unfolding import unfold
from scoring.values import Id, PotId, Texts

FORMAT = "1"


class Report(Part):
    """What a recipient reports afterwards."""

    text: Texts
    article: str
    facts: tuple[Fact, ...] = ()


class Fund(Money):
    """Money that pots, or other funds, are parts of."""

    id: Id
    title: Texts
    article: str


class Exclusive(Part):
    """Of these pots an applicant gets money from one: the first in the list in which it competes, or the one it chose.

    Whoever an exception is for competes in all of them, and takes no place from itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    id: Id
    text: Texts
    article: str
    pots: Annotated[tuple[PotId, ...], Field(min_length=2)]
    keep: Literal["listed", "chosen"] = "listed"
    fact: Id | None = None
    except_: tuple[Exemption, ...] = Field((), alias="except")

    @whole_part
    def _complete(self) -> Exclusive:
        if (self.keep == "chosen") != (self.fact is not None):
            raise ValueError("keep: chosen needs fact: the choice whose answers are the ids of the pots; listed needs none")
        return self


class Track(Part):
    """A track of a call: its own form, conditions and pots."""

    id: Id
    kind: Literal["operating", "project", "event", "mixed", "investment", "person"]
    title: Texts
    article: str
    summary: Texts | None = None
    sections: tuple[Section, ...] = ()
    facts: tuple[Fact, ...]
    derived: tuple[Derived, ...] = ()
    conditions: tuple[Condition, ...] = ()
    plan: FinancePlan | None = None
    partners: Partners | None = None
    activity: Activity | None = None
    pots: Annotated[tuple[Pot, ...], Field(min_length=1)]
    report: Report | None = None

    def fact(self, identity: str) -> Fact:
        """One fact by its id. Raises ``KeyError``."""
        for fact in self.facts:
            if fact.id == identity:
                return fact
        raise KeyError(identity)


class Rulebook(Part):
    """A whole rulebook: what a call publishes and freezes."""

    format: Literal["1"]
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
    version: str
    title: Texts
    languages: tuple[Literal["sl", "it", "en"], ...]
    source: tuple[str, ...] = ()
    notes: tuple[Texts, ...] = ()
    funds: tuple[Fund, ...] = ()
    exclusive: tuple[Exclusive, ...] = ()
    tracks: Annotated[tuple[Track, ...], Field(min_length=1)]
    _positions: Positions = PrivateAttr(default_factory=dict)

    def model_post_init(self, context: Any) -> None:
        """Settle what each pot comes to: a pot can be a percentage or the remainder of a fund."""
        cents = cents_of(self)
        counting = {pot.of for _, pot in self.pots() if pot.by_count is not None}
        for _, pot in self.pots():
            pot._cents = cents.get(pot.id)
            pot._counted = pot.by_count is not None or (pot.remainder and pot.of in counting)

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


def cents_of(rulebook: Rulebook) -> dict[str, int]:
    """What every fund and pot comes to in cents, by id. Percentages are cut to whole cents; a remainder is what they leave.

    What follows from a count of applications, or is the remainder beside such parts, comes to nothing here; ``scoring.pools`` computes it.
    Parts of an unknown fund, or of funds that run in a circle, come to nothing here; reading and linting say so.
    """
    cents: dict[str, int] = {one.id: one.amount for one in rulebook.funds if one.amount is not None}
    parts: list[Fund | Pot] = [*rulebook.funds, *(pot for _, pot in rulebook.pots())]
    counting = {pot.of for _, pot in rulebook.pots() if pot.by_count is not None}
    left = [one for one in parts if one.amount is None and (one.percent is not None or one.of not in counting)]
    while left:
        ready = [one for one in left if one.of in cents]
        if not ready:
            break
        for one in ready:
            if one.percent is not None:
                cents[one.id] = int(cents[str(one.of)] * one.percent / 100)
        for one in ready:
            if one.remainder:
                siblings = [other for other in parts if other.of == one.of and other is not one]
                taken = sum(cents.get(other.id, 0) for other in siblings)
                cents[one.id] = max(0, cents[str(one.of)] - taken)
        left = [one for one in left if not any(one is other for other in ready)]
    return {**dict.fromkeys((pot.id for _, pot in rulebook.pots() if pot.amount is None), 0), **cents} | {
        pot.id: pot.amount for _, pot in rulebook.pots() if pot.amount is not None
    }


def rulebook_from_data(data: Mapping[str, Any]) -> Rulebook:
    """A rulebook from plain data as ``to_data()`` gives it. Raises ``RulebookError``."""
    return _build(data, {}, "rulebook", [])


def read_rulebook(text: str, name: str = "rulebook.yaml") -> Rulebook:
    """Read a rulebook from YAML text. Raises ``RulebookError`` with every error at once, each with line and column."""
    mistakes: list[Finding] = []
    data, positions = compose(text, name, LARGEST_RULEBOOK, mistakes)
    return _build(data, positions, name, mistakes)


def _build(data: Any, positions: Positions, name: str, mistakes: list[Finding]) -> Rulebook:
    if not isinstance(data, Mapping):
        problem = "this is not a rulebook"
        advice = "Begin with format, id, version, title, languages and tracks."
        raise refusal(name, "not_a_rulebook", (), positions, problem, advice)
    unfolded, positions = unfold(data, positions, name, mistakes)
    unsure = names_unsure(mistakes)
    try:
        rulebook = Rulebook.model_validate(unfolded)
    except ValidationError as error:
        mistakes += findings_of(error, positions, Rulebook)
        rest = salvage(Rulebook, unfolded)
        if isinstance(rest.model, Rulebook):
            told = {(one.path, one.message) for one in mistakes}
            mistakes += [one for one in further_problems(rest, positions) if (one.path, one.message) not in told]
            rest.model._positions = positions
            broken = list(broken_references(rest.model))
            sure = not broken and not unsure
            mistakes += [one for one in broken if one.code not in unsure and not rest.follows(one)]
            raise RulebookError(mistakes, name, rest.model, frozenset(rest.mended), sure) from None
        raise RulebookError(mistakes, name) from None
    rulebook._positions = positions
    mistakes += [one for one in broken_references(rulebook) if one.code not in unsure]
    if mistakes:
        raise RulebookError(mistakes, name, rulebook)
    return rulebook
