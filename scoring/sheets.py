"""What scoring takes and gives: marks and agreements, and sheets with a line and a reason for every criterion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scoring.findings import CodedError
from scoring.money import number, number_text
from scoring.questions import Text
from scoring.reasons import Reason, localised

JUDGED = ("panel", "panel_agreed")


class ScoringError(CodedError):
    """Marks or facts that the rules do not allow."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of one member (a pseudonym) for one panel criterion; ``item`` is the row number where items are scored."""

    member: str
    criterion: str
    points: Fraction
    reason: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the panel put down together for one criterion: the reason by language, and the mark where rules want a joint one."""

    criterion: str
    points: Fraction | None
    reason: Mapping[str, str]
    item: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """An amount in cents that the panel decided, and why, by language."""

    cents: int
    reason: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion of a sheet. ``reason`` is structured; ``texts`` holds the panel's words by language.

    Kinds are those of criteria, and ``second_pass`` and ``limit`` for what is added or deducted afterwards. ``maximum`` None means
    no limit. ``item`` is the number of the row where items are scored one by one.
    """

    criterion: str
    title: Text
    article: str
    kind: str
    maximum: Fraction | None
    points: Fraction
    inputs: Mapping[str, str]
    working: str
    reason: Reason
    texts: Mapping[str, str]
    item: str = ""

    def sentence(self, language: str) -> str:
        """Why these points, in one language: the panel's own words, or the derivation from the facts."""
        if self.kind == "panel" and self.reason.code in JUDGED:
            return self.texts.get(language, "")
        if _in_a_gap(self.reason) and self.texts.get(language):
            return f"{self.reason.sentence(language)} {self.texts[language]}"
        return self.reason.sentence(language)

    def marks_sentence(self, language: str) -> str:
        """How the members' marks became these points by the rule of the pot, in one language; empty where nobody marked."""
        if self.kind != "panel" or self.reason.code not in JUDGED or not (self.working or self.reason.code == "panel_agreed"):
            return ""
        rule = "agreed" if self.reason.code == "panel_agreed" else self.reason.params.get("rule", "mean")
        if rule == "trimmed_mean" and "counted" not in self.inputs:  # of one or two marks none is left out
            rule = "mean"
        said = {**self.inputs, "working": self.working, "points": self.reason.params["points"]}
        return Reason(f"marks_{rule}", said).sentence(language)

    def working_in(self, language: str) -> str:
        """The working as people of a language read it; ``working`` itself is the same everywhere."""
        return self.reason.params.get(f"working_{language}") or localised(self.working, language, grouped=True)

    def to_data(self) -> dict[str, Any]:
        """Plain data; points are texts of exact numbers, a maximum that there is not is None."""
        item = {"item": self.item} if self.item else {}
        return {
            "criterion": self.criterion, "title": dict(self.title), "article": self.article, "kind": self.kind,
            "maximum": None if self.maximum is None else number_text(self.maximum), "points": number_text(self.points),
            "inputs": dict(self.inputs), "working": self.working, "reason": self.reason.to_data(), "texts": dict(self.texts), **item,
        }  # fmt: skip


def _in_a_gap(reason: Reason) -> bool:
    """Whether a value, or that of a row, falls in none of the published bands."""
    return reason.code == "gap" or any(_in_a_gap(part) for part in reason.parts)


@dataclass(frozen=True, slots=True)
class Item:
    """One row that is scored on its own: ``id`` is its number from "1", ``barriers`` say why it does not compete."""

    id: str
    name: str
    total: Fraction
    passes: bool
    barriers: tuple[Reason, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "id": self.id, "name": self.name, "total": number_text(self.total), "passes": self.passes,
            "barriers": [reason.to_data() for reason in self.barriers],
        }  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """All points of one applicant in one pot.

    ``lines`` may compute each line only when it is looked at. ``barriers`` say why the sheet does not pass. Of a pot of items
    the total is that of the items that pass, and the sheet passes when one of them does.
    """

    applicant: str
    pot: str
    lines: Sequence[Line]
    total: Fraction
    passes: bool
    barriers: tuple[Reason, ...] = ()
    items: tuple[Item, ...] = ()

    def points_of(self, criterion: str, item: str = "") -> Fraction:
        """The points of one criterion (of one item), with its sub-criteria and limit; fast. 0 when there is no such criterion."""
        fast = getattr(self.lines, "points_of", None)
        if fast is not None:
            return Fraction(fast(criterion, item))
        lines = [line for line in self.lines if line.item == item]
        own = [line for line in lines if line.criterion == criterion and line.kind != "limit"]
        parts = own or [line for line in lines if line.criterion == criterion or line.criterion.startswith(f"{criterion}_")]
        return sum((line.points for line in parts), Fraction(0))

    def missing_reasons(self, languages: Sequence[str] = ("sl",)) -> tuple[tuple[str, str], ...]:
        """(criterion, language) for every line that has no reason in that language. Below the maximum none may be missing."""
        return tuple(
            (line.criterion, language)
            for line in self.lines
            for language in languages
            if (line.maximum is None or line.points < line.maximum) and not line.sentence(language).strip()
        )

    def to_data(self) -> dict[str, Any]:
        """Plain data for keeping, printing and hashing; barriers and items are there only when there are any."""
        barriers = {"barriers": [reason.to_data() for reason in self.barriers]} if self.barriers else {}
        items = {"items": [item.to_data() for item in self.items]} if self.items else {}
        return {
            "applicant": self.applicant, "pot": self.pot, "total": number_text(self.total), "passes": self.passes,
            "lines": [line.to_data() for line in self.lines], **barriers, **items,
        }  # fmt: skip

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sheet) and self.to_data() == other.to_data()

    def __hash__(self) -> int:
        return hash((self.applicant, self.pot, self.total))


def sheet_from_data(data: Mapping[str, Any]) -> Sheet:
    """A sheet from what ``to_data()`` gave."""
    lines = tuple(
        Line(
            line["criterion"], line["title"], line["article"], line["kind"],
            None if line["maximum"] is None else number(line["maximum"]), number(line["points"]),
            line["inputs"], line["working"], Reason.from_data(line["reason"]), line["texts"], line.get("item", ""),
        )
        for line in data["lines"]
    )  # fmt: skip
    items = tuple(
        Item(one["id"], one["name"], number(one["total"]), one["passes"], _reasons(one["barriers"])) for one in data.get("items", ())
    )
    return Sheet(data["applicant"], data["pot"], lines, number(data["total"]), data["passes"], _reasons(data.get("barriers", ())), items)


def _reasons(data: Sequence[Mapping[str, Any]]) -> tuple[Reason, ...]:
    return tuple(Reason.from_data(one) for one in data)
