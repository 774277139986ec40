"""A facts file: applicants with their facts, marks and agreements, read with the place of every mistake (docs/rulebook.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any

from scoring.facts import RowsError, check_facts
from scoring.findings import Path, Positions, RulebookError, place_of
from scoring.money import NumberError, number
from scoring.points import Agreement, Mark, ScoringError, Sheet, score
from scoring.reading import compose, nearest
from scoring.rulebook import Pot, Rulebook, Track


class InputError(ValueError):
    """Input that cannot be used; the message says where and why."""


@dataclass
class Applicants:
    """What a facts file holds: sheets, typed facts by applicant, and the order in which applications were complete."""

    sheets: list[Sheet] = field(default_factory=list)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict)


def read_applicants(path: str, rulebook: Rulebook) -> Applicants:
    """Read a facts file. Raises ``InputError`` with the place of what is wrong."""
    try:
        data, positions = compose(File(path).read_text(encoding="utf-8"), path)
    except RulebookError as error:
        raise InputError(str(error)) from None
    return _Reader(path, rulebook, positions).read(data)


class _Reader:
    def __init__(self, path: str, rulebook: Rulebook, positions: Positions) -> None:
        self.path = path
        self.rulebook = rulebook
        self.positions = positions

    def wrong(self, place: Path, message: str) -> InputError:
        line, column = place_of(place, self.positions)
        return InputError(f"{self.path}: line {line}, column {column}: {message}")

    def known(self, place: Path, given: Mapping[str, Any], known: Iterable[str], what: str) -> None:
        words = list(known)
        for key in given:
            if key not in words:
                close = nearest(key, words)
                raise self.wrong((*place, key), f'there is no {what} "{key}"' + (f'; did you mean "{close}"?' if close else ""))

    def mapping(self, place: Path, value: Any) -> Mapping[str, Any]:
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise self.wrong(place, "keys and values are wanted here")
        return value

    def rows(self, place: Path, value: Any) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(place, "a list is wanted here: lines that begin with a dash")
        return value

    def text(self, place: Path, entry: Mapping[str, Any], key: str) -> str:
        value = entry.get(key)
        if not isinstance(value, str) or not value:
            raise self.wrong(
                (*place, key) if key in entry else place, f'the key "{key}" is missing' if value in (None, "") else "a text is wanted here"
            )
        return value

    def read(self, data: Any) -> Applicants:
        if not isinstance(data, Mapping) or not isinstance(data.get("applicants"), list):
            raise self.wrong((), 'begin with "applicants:" and a list of them')
        self.known((), data, ["applicants"], "key")
        found = Applicants()
        for index, given in enumerate(data["applicants"]):
            place: Path = ("applicants", index)
            entry = self.mapping(place, given)
            self.known(place, entry, ["id", "track", "facts", "pots"], "key")
            name = self.text(place, entry, "id")
            if name in found.facts:
                raise self.wrong((*place, "id"), f'the applicant "{name}" stands twice')
            tracks = [track.id for track in self.rulebook.tracks]
            wanted = self.text(place, entry, "track") if "track" in entry else tracks[0]
            if wanted not in tracks:
                raise self.wrong((*place, "track"), f'there is no track "{wanted}"; the tracks are {", ".join(tracks)}')
            track = self.rulebook.track(wanted)
            found.facts[name] = self.facts((*place, "facts"), track, self.mapping((*place, "facts"), entry.get("facts")))
            found.order[name] = index
            judged = self.mapping((*place, "pots"), entry.get("pots"))
            self.known((*place, "pots"), judged, [pot.id for pot in track.pots], "pot")
            for pot in track.pots:
                if not judged or pot.id in judged:
                    found.sheets.append(
                        self.sheet(
                            (*place, "pots", pot.id),
                            track,
                            pot,
                            name,
                            found.facts[name],
                            self.mapping((*place, "pots", pot.id), judged.get(pot.id)),
                        )
                    )
        return found

    def facts(self, place: Path, track: Track, answers: Mapping[str, Any]) -> dict[str, Any]:
        self.known(place, answers, [fact.id for fact in track.facts], "fact")
        values, errors = check_facts(track.facts, answers)
        for key, error in errors.items():
            if isinstance(error, RowsError):
                for (row, column), cell in error.rows.items():
                    raise self.wrong((*place, key, row, column), f"{key}: row {row + 1}: {column}: {cell}")
            # An answer that is missing gives no points; it does not stop the computation.
            if error.code != "required":
                raise self.wrong((*place, key), f"{key}: {error}")
        return values

    def sheet(self, place: Path, track: Track, pot: Pot, name: str, facts: Mapping[str, Any], own: Mapping[str, Any]) -> Sheet:
        self.known(place, own, ["marks", "agreements"], "key")
        marks: list[Mark] = []
        agreements: list[Agreement] = []
        for index, given in enumerate(self.rows((*place, "marks"), own.get("marks"))):
            where: Path = (*place, "marks", index)
            entry = self.mapping(where, given)
            self.known(where, entry, ["member", "criterion", "points", "reason"], "key")
            member, criterion, points = (self.text(where, entry, key) for key in ("member", "criterion", "points"))
            try:
                marks.append(Mark(member, criterion, number(points), str(entry.get("reason") or "")))
            except NumberError as error:
                raise self.wrong((*where, "points"), str(error)) from None
        for index, given in enumerate(self.rows((*place, "agreements"), own.get("agreements"))):
            where = (*place, "agreements", index)
            entry = self.mapping(where, given)
            self.known(where, entry, ["criterion", "points", "reason"], "key")
            reason = self.mapping((*where, "reason"), entry.get("reason"))
            self.known((*where, "reason"), reason, ["sl", "it", "en"], "language")
            try:
                points_agreed = None if entry.get("points") is None else number(entry["points"])
            except NumberError as error:
                raise self.wrong((*where, "points"), str(error)) from None
            agreements.append(
                Agreement(self.text(where, entry, "criterion"), points_agreed, {key: str(text or "") for key, text in reason.items()})
            )
        try:
            return score(track, pot, name, facts, marks, agreements)
        except ScoringError as error:
            raise self.wrong(place, f"{name}: {pot.id}: {error}") from None
