"""What can still be read of a rulebook with mistakes: what is wrong is mended or left out, so that all the rest is looked at too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from scoring.findings import UNREAD, Finding, Path, Positions, path_text
from scoring.problems import part_problem, path_of
from scoring.questions import NAMES_ALONE, Part, checks_of
from scoring.reading import nearest

MOST_ROUNDS = 20

_FAMILIES = {
    "facts": "unknown_fact", "columns": "unknown_fact", "derived": "unknown_fact", "criteria": "unknown_criterion",
    "subcriteria": "unknown_criterion", "pots": "unknown_pot", "parts": "unknown_pot", "funds": "unknown_fund", "sections": "unknown_section",
    "choices": "unknown_choice", "classes": "unknown_choice",
}  # fmt: skip


@dataclass
class Salvage:
    """A rulebook as far as it can be read. ``model`` is None when nothing can be made of it.

    ``mended`` are the places that were replaced or left out, ``lost`` all words that stood there: a name among them is not called
    unknown. ``damaged`` are the ids of the parts around them, ``nameless`` the codes of what may well be named by an id that is missing.
    """

    data: Any
    model: Any = None
    mended: set[Path] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    damaged: set[str] = field(default_factory=set)
    nameless: set[str] = field(default_factory=set)

    def mend(self, kind: type[BaseModel]) -> None:
        """Validate again and again, each time without what was wrong."""
        climbed: dict[Path, int] = {}
        for _ in range(MOST_ROUNDS):
            try:
                self.model = kind.model_validate(self.data, context=NAMES_ALONE)
            except ValidationError as error:
                problems = [(path_of(problem["loc"]), problem["type"]) for problem in error.errors()]
                inner = {path[:length] for path, _ in problems for length in range(len(path))}
                for path, what in problems:
                    if what == "too_short" and path in inner:  # a list is empty only because what is in it is wrong
                        continue
                    climbed[path] = climbed.get(path, -1) + 1
                    if not self.replace(kind, path, what, climbed[path]):
                        return
            else:
                return

    def replace(self, kind: type[BaseModel], path: Path, problem: str, up: int) -> bool:
        """Leave out, or replace, the value at a place; ``up`` steps above it where that did not help before."""
        if problem == "missing" and path[-1] == "id":
            self.nameless |= {_FAMILIES[str(step)] for step in path if step in _FAMILIES and step == _list_of(path)}
        place = path[: len(path) - up]
        while place and (isinstance(place[-1], int) or not isinstance(_at(self.data, place[:-1]), Mapping)):
            place = place[:-1]  # of a list the whole list is left out: the places of the others stay as they are
        if not place:
            return False
        around = _at(self.data, place[:-1])
        self.note(place, around.pop(place[-1], None))
        known = _field_at(kind, place)
        if known is not None and known.is_required():
            stand_in = _stand_in(known, f"{UNREAD}{len(self.mended)}")
            if stand_in is None:
                return self.replace(kind, place[:-1], "", 0)
            around[place[-1]] = stand_in
        return True

    def note(self, place: Path, given: Any) -> None:
        self.mended.add(place)
        self.lost.update(_words(given))
        for length in range(1, len(place)):
            around = _at(self.data, place[:length])
            if isinstance(around, Mapping) and isinstance(around.get("id"), str):
                self.damaged.add(around["id"])

    def follows(self, finding: Finding) -> bool:
        """Whether a finding only follows from what was mended."""
        said = finding.params
        if finding.code == "missing_key":
            return any(finding.path == path_text(place) or finding.path == path_text((*place[:-1], said["key"])) for place in self.mended)
        if finding.code in self.nameless or said.get("fact") in self.damaged:
            return True
        name = str(said.get("name") or said.get("choice") or said.get("value") or "").removeprefix("criterion:")
        if not finding.code.startswith("unknown_"):
            return False
        inner = {f"{around}{sign}{word}" for around in self.damaged for word in self.lost for sign in "._"}
        return name in self.lost | self.damaged | inner or UNREAD in name


def names_unsure(mistakes: Sequence[Finding]) -> frozenset[str]:
    """Which names cannot be called unknown, since what a text says may stand in what was not read: under the second of two equal keys."""
    codes = {one.code for one in mistakes}
    if "key_twice" in codes:
        return frozenset(_FAMILIES.values())
    return frozenset({"unknown_pot"} if codes else ())


def salvage(kind: type[BaseModel], data: Any) -> Salvage:
    """What can still be read of data that does not fit a model."""
    found = Salvage(deepcopy(data))
    found.mend(kind)
    return found


def further_problems(found: Salvage, positions: Positions) -> Iterator[Finding]:
    """What is wrong with whole parts: validation looks at that only where everything inside a part is right."""
    around: dict[Path, list[Path]] = {}
    for place in found.mended:
        around.setdefault(place[:-1], []).append(place)
        if _is_entry(type(found.model), place):
            around.setdefault(place[:-2], []).append(place[:-1])
    for path, part in _parts_of(found.model, ()):
        if any(path[:length] in found.mended for length in range(1, len(path) + 1)):  # a part that only stands in for what is missing
            continue
        for check in checks_of(type(part)):
            try:
                check(part)
            except ValidationError:  # of something inside, which is told there
                continue
            except ValueError as error:
                words = re.findall(r"\w+", str(error))
                unclear = (_field_at(type(found.model), place) is None or nearest(str(place[-1]), words) for place in around.get(path, ()))
                if not any(unclear):
                    yield part_problem(path, positions, str(error), _at(found.data, path))


def _parts_of(part: Part, path: Path) -> Iterator[tuple[Path, Part]]:
    yield path, part
    for name, known in type(part).model_fields.items():
        value, place = getattr(part, name), (*path, known.alias or name)
        inside = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, tuple) else [(None, value)]
        for key, one in inside:
            if isinstance(one, Part):
                yield from _parts_of(one, place if key is None else (*place, key))


def _list_of(path: Path) -> str:
    """The list in which the part stands whose key this is."""
    return next((step for step in reversed(path[:-1]) if isinstance(step, str)), "")


def _at(data: Any, path: Path) -> Any:
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _words(given: Any) -> Iterator[str]:
    if isinstance(given, Mapping):
        for key, value in given.items():
            yield str(key)
            yield from _words(value)
    elif isinstance(given, list):
        for value in given:
            yield from _words(value)
    elif given is not None:
        yield str(given)


def _field_at(model: type[BaseModel], path: Path) -> FieldInfo | None:
    """The field that a place is the value of; None for an unknown key and for an entry of a dictionary."""
    inside: Any = model
    known: FieldInfo | None = None
    for step in path:
        if isinstance(step, int):
            continue
        if known is not None and get_origin(known.annotation) is dict:
            inside, known = model_in(known.annotation), None
            continue
        if inside is None:
            return None
        known = next((one for name, one in inside.model_fields.items() if step in (one.alias, name)), None)
        if known is None:
            return None
        inside = model_in(known.annotation)
    return known


def _is_entry(kind: type[BaseModel], place: Path) -> bool:
    """Whether a place is an entry of a dictionary, such as one of the tables of a criterion."""
    around = _field_at(kind, place[:-1])
    return around is not None and get_origin(around.annotation) is dict


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that stands in an annotation, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((part for inner in get_args(annotation) if (part := model_in(inner)) is not None), None)


def _stand_in(known: FieldInfo, name: str) -> Any:
    """Some value that a field takes, or None."""
    inner = model_in(known.annotation)
    whole = (
        None if inner is None else {one.alias or key: _stand_in(one, name) for key, one in inner.model_fields.items() if one.is_required()}
    )
    adapter = TypeAdapter(known.rebuild_annotation())
    for candidate in (name, "1", {"en": "–"}, *get_args(known.annotation), [], *([] if whole is None else [whole, [whole]])):
        try:
            adapter.validate_python(candidate, context=NAMES_ALONE)
        except (ValidationError, TypeError):
            continue
        return candidate
    return None
