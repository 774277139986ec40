"""A facts file: applicants with their facts, marks and agreements, read with the place of every mistake (docs/rulebook.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scoring.facts import MISSING, FactError, Proven, RowsError, check_facts, plain_number
from scoring.facts_text import InputError, not_text, read_facts_text
from scoring.findings import Path, Positions, place_of
from scoring.money import NumberError, cents_from_euros, number
from scoring.points import Agreement, Decided, Entry, Mark, ScoringError, Sheet, check_mark, score_pot
from scoring.questions import Fact
from scoring.reading import nearest
from scoring.rulebook import Rulebook, Track
from scoring.sharing import Pot
from scoring.values import is_day
from scoring.words_facts import not_points, told, wrong_parts

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_TRUTH = {"yes": True, "true": True, "da": True, "sì": True, "no": False, "false": False, "ne": False}
_LANGUAGES = ["sl", "it", "en"]
__all__ = ["Applicants", "InputError", "not_text", "read_applicants"]


@dataclass
class Applicants:
    """What a facts file holds, by applicant and pot, and the sheets that follow.

    ``order`` is the rank in which applications were complete; ``lots`` are drawn lots by applicant, smaller is better; ``decided``
    are the amounts that the panel decided, by pot and applicant (of an item: ``"applicant #row"``). ``entries`` by pot are what
    the sheets were computed from. ``owners`` says which organisation stands behind an applicant that is one of several applications.
    """

    sheets: list[Sheet] = field(default_factory=list)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict)
    lots: dict[str, int] = field(default_factory=dict)
    decided: dict[str, dict[str, Decided]] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    place: Callable[[Path], tuple[int, int]] = field(default=lambda path: (0, 0), repr=False)
    """Where a part of the file stands."""
    paths: dict[tuple[str, str], Path] = field(default_factory=dict, repr=False)
    """Where each applicant stands in it (with ""), and what is said of it in each pot."""


def read_applicants(path: str, rulebook: Rulebook) -> Applicants:
    """Read a facts file (YAML or JSON). Raises ``InputError`` with every mistake at once, each with its place."""
    data, positions = read_facts_text(path)
    return _Reader(path, rulebook, positions).read(data)


class _Reader:
    def __init__(self, path: str, rulebook: Rulebook, positions: Positions) -> None:
        self.path = path
        self.rulebook = rulebook
        self.positions = positions
        self.found = Applicants(place=lambda place: place_of(place, positions))
        self.moments: dict[str, datetime] = {}
        self.places = self.found.paths
        self.named: set[str] = set()
        self.unsure = False  # whether a moment of submission could not be read
        self.mistakes: dict[str, tuple[int, int]] = {}

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Note what is wrong in one part, and go on behind it."""
        try:
            yield
        except InputError as error:
            self.mistakes.setdefault(str(error), error.at)

    def wrong(self, place: Path, message: str) -> InputError:
        line, column = place_of(place, self.positions)
        return InputError(f"{self.path}: line {line}, column {column}: {message}", (line, column))

    # Shapes

    def known(self, place: Path, given: Mapping[str, Any], known: Iterable[str], what: str) -> bool:
        """Whether all keys are known; each that is not is noted."""
        words = list(known)
        for key in given:
            if key not in words:
                with self.going_on():
                    raise self.no((*place, key), key, words, what)
        return all(key in words for key in given)

    def no(self, place: Path, word: str, words: list[str], what: str) -> InputError:
        close = nearest(word, words)
        return self.wrong(place, f'there is no {what} "{word}"' + (f'; did you mean "{close}"?' if close else ""))

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

    def words(self, place: Path, entry: Mapping[str, Any], key: str) -> str:
        """A text that may be left out."""
        return "" if entry.get(key) is None else self.text(place, entry, key)

    def reason(self, place: Path, entry: Mapping[str, Any]) -> dict[str, str]:
        reason = self.mapping((*place, "reason"), entry.get("reason"))
        self.known((*place, "reason"), reason, _LANGUAGES, "language")
        return {key: str(text or "") for key, text in reason.items()}

    # The file

    def read(self, data: Any) -> Applicants:
        if not isinstance(data, Mapping) or not isinstance(data.get("applicants"), list):
            raise self.wrong((), 'begin with "applicants:" and a list of them')
        self.known((), data, ["applicants", "lots"], "key")
        for index, given in enumerate(data["applicants"]):
            with self.going_on():
                self.applicant(("applicants", index), given, index)
        if not self.unsure and len(self.found.facts) == len(data["applicants"]):
            with self.going_on():
                self.found.order = self.receipt()
        with self.going_on():
            self.found.lots = self.lots(self.mapping(("lots",), data.get("lots")))
        if not self.mistakes:
            self.score()
        if self.mistakes:
            raise InputError("\n".join(sorted(self.mistakes, key=lambda message: (self.mistakes[message], message))))
        return self.found

    def applicant(self, place: Path, given: Any, index: int) -> None:
        entry = self.mapping(place, given)
        whole = self.known(place, entry, ["id", "track", "facts", "pots", "submitted", "organisation"], "key")
        self.unsure = self.unsure or not whole
        if not whole and "id" not in entry:  # the misspelt key may be the id
            return
        name = self.text(place, entry, "id")
        if name in self.named:
            raise self.wrong((*place, "id"), f'the applicant "{name}" stands twice')
        self.named.add(name)
        tracks = [track.id for track in self.rulebook.tracks]
        if not whole and "track" not in entry and len(tracks) > 1:  # the misspelt key may be the track
            return
        wanted = self.text(place, entry, "track") if "track" in entry else tracks[0]
        if wanted not in tracks:
            raise self.wrong((*place, "track"), f'there is no track "{wanted}"; the tracks are {", ".join(tracks)}')
        track = self.rulebook.track(wanted)
        facts = self.facts((*place, "facts"), track, self.mapping((*place, "facts"), entry.get("facts")))
        self.found.facts[name] = facts
        if entry.get("organisation") is not None:
            self.found.owners[name] = self.text(place, entry, "organisation")
        if entry.get("submitted") is not None:
            self.unsure, before = True, self.unsure
            with self.going_on():
                self.moments[name] = self.moment((*place, "submitted"), self.text(place, entry, "submitted"))
                self.unsure = before
        self.places[name, ""] = place
        judged = self.mapping((*place, "pots"), entry.get("pots"))
        self.known((*place, "pots"), judged, [pot.id for pot in track.pots], "pot")
        for pot in track.pots:
            if judged and pot.id not in judged:
                continue
            with self.going_on():
                where: Path = (*place, "pots", pot.id)
                own = self.mapping(where, judged.get(pot.id))
                self.known(where, own, ["marks", "agreements", "amount"], "key")
                marks, agreements = self.marks(where, pot, own), self.agreements(where, pot, own)
                self.amounts((*where, "amount"), pot, name, own.get("amount"))
                self.found.entries.setdefault(pot.id, []).append(Entry(name, facts, marks, agreements))
                self.places[name, pot.id] = where

    def score(self) -> None:
        """The sheets of every pot, in the order of the file."""
        sheets: dict[tuple[str, str], Sheet] = {}
        for track, pot in self.rulebook.pots():
            entries = self.found.entries.get(pot.id, [])
            try:
                scored = score_pot(track, pot, entries)
            except ScoringError as error:
                for culprit in self.culprits(track, pot, entries, error):
                    with self.going_on():
                        raise self.wrong(*culprit) from None
                continue
            sheets |= {(sheet.applicant, pot.id): sheet for sheet in scored}
        self.found.sheets = [sheets[key] for key in self.places if key in sheets]

    def culprits(self, track: Track, pot: Pot, entries: list[Entry], error: ScoringError) -> list[tuple[Path, str]]:
        """Where the applicants stand that cannot be scored, and what to say of each."""
        found: list[tuple[Path, str]] = []
        for entry in entries:
            try:
                score_pot(track, pot, [entry])
            except ScoringError as own:
                found.append((self.places[entry.applicant, pot.id], f"{entry.applicant}: {pot.id}: {own}"))
        return found or [((), f"{pot.id}: {error}")]

    # Facts

    def facts(self, place: Path, track: Track, answers: Mapping[str, Any]) -> dict[str, Any]:
        self.known(place, answers, [fact.id for fact in track.facts], "fact")
        given: dict[str, Any] = {}
        for fact in track.facts:
            if fact.id in answers:
                with self.going_on():
                    given[fact.id] = self.answer((*place, fact.id), fact, answers[fact.id])
        values, errors = check_facts(track.facts, given)
        for key, error in errors.items():
            fact = track.fact(key)
            value = given.get(key)
            for part, one in wrong_parts(fact, value, error) if isinstance(value, Proven) else [((), error)]:
                self.refuse((*place, key, *part), fact, one, key)
        return values

    def refuse(self, place: Path, fact: Fact, error: FactError, key: str) -> None:
        """Note what is wrong with a value, or with the cells of its rows."""
        cells = error.rows if isinstance(error, RowsError) else {}
        columns = {column.id: column for column in fact.columns}
        for (row, column), cell in cells.items():
            one = columns[column]
            with self.going_on():
                raise self.wrong((*place, row, column), f"{key}: row {row + 1}: {column}: {told(one, cell)}")
        # An answer that is missing gives no points; it does not stop the computation.
        if error.code != "required" and not cells:
            with self.going_on():
                raise self.wrong(place, f"{key}: {told(fact, error)}")

    def answer(self, place: Path, fact: Fact, raw: Any) -> Any:
        """What was written for a fact, with what was found out about it where keys say so, also in the cells of a table."""
        if isinstance(raw, Mapping):
            return self.proven(place, fact, raw)
        if fact.kind != "table" or not isinstance(raw, list):
            return raw
        columns = {column.id: column for column in fact.columns}
        rows = []
        for index, row in enumerate(raw):
            if not isinstance(row, Mapping):
                return raw
            self.known((*place, index), row, columns, "column")
            rows.append({key: self.answer((*place, index, key), columns[key], cell) for key, cell in row.items() if key in columns})
        return rows

    def proven(self, place: Path, fact: Fact, raw: Mapping[str, Any]) -> Proven:
        whole = self.known(place, raw, ["value", "verified", "proven", "by", "on", "source"], "key")
        if whole and "value" not in raw and "verified" not in raw:
            raise self.wrong(place, 'beside what was found out about a fact there must be its "value:"')
        found: dict[str, Any] = {"value": None, "by": "", "on": "", "source": ""}
        for key in ("by", "on", "source"):
            with self.going_on():
                found[key] = self.words(place, raw, key)
        if found["on"] and not is_day(found["on"]):
            with self.going_on():
                raise self.wrong((*place, "on"), f'"{found["on"]}" is not a day such as 2026-03-01')
        said = raw.get("proven")
        if said is not None and str(said).lower() not in _TRUTH:
            with self.going_on():
                raise self.wrong((*place, "proven"), f'"{said}" does not say whether it is proven: write yes or no')
        for key in ("value", "verified"):
            with self.going_on():
                if isinstance(raw.get(key), Mapping):
                    raise self.wrong((*place, key), "a value is wanted here")
                if key in raw:
                    found[key] = self.answer((*place, key), fact, raw[key])
        return Proven(
            found["value"], found.get("verified", MISSING), None if said is None else _TRUTH.get(str(said).lower()),
            found["by"], found["on"], found["source"],
        )  # fmt: skip

    # Marks, agreements, amounts

    def marks(self, place: Path, pot: Pot, own: Mapping[str, Any]) -> tuple[Mark, ...]:
        marks = []
        for index, given in enumerate(self.rows((*place, "marks"), own.get("marks"))):
            with self.going_on():
                where: Path = (*place, "marks", index)
                entry = self.mapping(where, given)
                if not self.known(where, entry, ["member", "criterion", "points", "reason", "item"], "key"):
                    continue
                member, criterion, points = (self.text(where, entry, key) for key in ("member", "criterion", "points"))
                self.judged(where, pot, criterion)
                try:
                    mark = Mark(member, criterion, number(points), str(entry.get("reason") or ""), self.words(where, entry, "item"))
                    check_mark(pot.criterion(criterion), mark.points)
                except (NumberError, ScoringError) as error:
                    raise self.wrong((*where, "points"), not_points(error, entry["points"])) from None
                marks.append(mark)
        return tuple(marks)

    def agreements(self, place: Path, pot: Pot, own: Mapping[str, Any]) -> tuple[Agreement, ...]:
        agreements = []
        for index, given in enumerate(self.rows((*place, "agreements"), own.get("agreements"))):
            with self.going_on():
                where: Path = (*place, "agreements", index)
                entry = self.mapping(where, given)
                if not self.known(where, entry, ["criterion", "points", "reason", "item"], "key"):
                    continue
                criterion = self.text(where, entry, "criterion")
                self.judged(where, pot, criterion)
                try:
                    points = None if entry.get("points") is None else number(entry["points"])
                    if points is not None:
                        check_mark(pot.criterion(criterion), points)
                except (NumberError, ScoringError) as error:
                    raise self.wrong((*where, "points"), not_points(error, entry["points"])) from None
                agreements.append(Agreement(criterion, points, self.reason(where, entry), self.words(where, entry, "item")))
        return tuple(agreements)

    def judged(self, place: Path, pot: Pot, criterion: str) -> None:
        """What is marked must be something that people judge."""
        known = [one.id for one in pot.panel_criteria]
        if criterion not in known:
            raise self.no((*place, "criterion"), criterion, known, "criterion for the panel")

    def amounts(self, place: Path, pot: Pot, name: str, given: Any) -> None:
        """The amount that the panel decided; where items are funded, a list with one for each item."""
        if given is None:
            return
        if pot.engine != "panel_amounts":
            raise self.wrong(
                place, f"the amounts of {pot.id} follow from its rules: only with the engine panel_amounts the panel decides them"
            )
        decided = self.found.decided.setdefault(pot.id, {})
        for index, one in enumerate(given if isinstance(given, list) else [given]):
            with self.going_on():
                where: Path = (*place, index) if isinstance(given, list) else place
                entry = self.mapping(where, one)
                if not self.known(where, entry, ["euros", "reason", "item"], "key"):
                    continue
                item = self.words(where, entry, "item")
                if bool(item) != (pot.items is not None):
                    raise self.wrong(where, f"{pot.id} has items: say which item" if pot.items else f"{pot.id} has no items")
                key = f"{name} #{item}" if item else name
                if key in decided:
                    raise self.wrong(where, f"there is an amount for {key} already")
                try:
                    cents = cents_from_euros(plain_number(self.text(where, entry, "euros")))
                except NumberError:
                    raise self.wrong(
                        (*where, "euros"), f'"{entry["euros"]}" is not an amount; write euros and cents, such as 1500.00'
                    ) from None
                if cents < 0:
                    raise self.wrong((*where, "euros"), "an amount is at least 0; write 0 or more")
                self.places[key, f"{pot.id} amount"] = where
                decided[key] = Decided(cents, self.reason(where, entry))

    # Order and lots

    def moment(self, place: Path, text: str) -> datetime:
        try:
            if _MOMENT.fullmatch(text):
                return datetime.fromisoformat(text)
        except ValueError:
            pass
        raise self.wrong(place, f'"{text}" is not a moment such as 2026-02-01T09:00')

    def receipt(self) -> dict[str, int]:
        """The rank of every applicant: by the moment of submission where the file says it, else by its order."""
        names = list(self.found.facts)
        if not self.moments:
            return {name: rank for rank, name in enumerate(names)}
        missing = next((name for name in names if name not in self.moments), None)
        if missing is not None:
            raise self.wrong(self.places[missing, ""], f'"{missing}" has no "submitted:"; give it for all applicants or for none')
        zoned = {name: moment.tzinfo is not None for name, moment in self.moments.items()}
        odd = next((name for name in names if zoned[name] != zoned[names[0]]), None)
        if odd is not None:
            raise self.wrong((*self.places[odd, ""], "submitted"), "give the time zone for all moments or for none")
        return {name: rank for rank, name in enumerate(sorted(names, key=lambda name: self.moments[name]))}

    def lots(self, given: Mapping[str, Any]) -> dict[str, int]:
        self.known(("lots",), given, sorted(self.named), "applicant")
        lots = {}
        for name, text in given.items():
            if isinstance(text, str) and re.fullmatch(r"[1-9][0-9]{0,8}", text):
                lots[name] = int(text)
                continue
            with self.going_on():
                raise self.wrong(("lots", name), "a lot is a whole number from 1")
        return lots
