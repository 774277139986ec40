"""The text of a facts file as plain data, with the place of every part: YAML, or JSON, which may be a hundred times longer."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path as File
from typing import Any

from scoring.findings import Path, Positions, RulebookError
from scoring.reading import LARGEST, compose

LARGEST_JSON = 400_000_000
_GAP = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"(\s*:)?|[{}\[\]]')
_DECODER = json.JSONDecoder()


class InputError(ValueError):
    """Input that cannot be used; the message says where and why, one line for each mistake."""

    def __init__(self, message: str, at: tuple[int, int] = (0, 0), problem: str = "") -> None:
        super().__init__(message)
        self.at = at
        self.problem = problem


def not_text(path: str, error: UnicodeDecodeError) -> InputError:
    """What to say of a file that is not UTF-8: the place of the first byte that is not."""
    before = error.object[: error.start]
    line, column = before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1
    problem = f"this is not UTF-8 text (byte {error.start})"
    return InputError(f"{path}: line {line}, column {column}: {problem}. Save the file as UTF-8 text.", (line, column), problem)


def read_facts_text(path: str) -> tuple[Any, Positions]:
    """Plain data in which every scalar is a text (of JSON also true and false), and where its parts stand. Raises ``InputError``."""
    try:
        text = File(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise not_text(path, error) from None
    try:
        if text.lstrip().startswith("{") and len(text) <= LARGEST_JSON:
            found = _json(path, text)
            if found is not None:
                return found
        if len(text) > LARGEST:
            advice = "YAML is read slowly; write so many applications as JSON, which is read up to 400,000,000 characters"
            raise InputError(f"{path}: line 1, column 1: the file is longer than {LARGEST} characters. {advice}")
        return compose(text, path)
    except RulebookError as error:
        raise InputError(str(error)) from None


def _json(path: str, text: str) -> tuple[Any, Positions] | None:
    """The data of a JSON text; None for one that may be YAML in braces."""
    places = JsonPlaces(text)
    try:
        data = json.loads(text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        if len(text) <= LARGEST and not path.lower().endswith(".json"):
            return None
        message = f"this is not readable JSON: {error.msg}"
        raise InputError(f"{path}: line {error.lineno}, column {error.colno}: {message}", (error.lineno, error.colno), message) from None
    except RecursionError:
        raise InputError(f"{path}: line 1, column 1: this is nested too deeply") from None
    except KeyError:
        told = [(places.at(offset), f'the key "{key}" stands twice. Keep one of them.') for key, offset in _twice(text)]
        raise InputError("\n".join(f"{path}: line {line}, column {column}: {words}" for (line, column), words in told)) from None
    return data, places


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise KeyError
    return found


def _twice(text: str) -> Iterator[tuple[str, int]]:
    """The keys that stand a second time in one object, and where."""
    inside: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        if token[0] in "{[":
            inside.append(set())
        elif token[0] in "}]":
            inside.pop()
        elif token[1] and inside:
            key = str(json.loads(token[0].removesuffix(token[1])))
            if key in inside[-1]:
                yield key, token.start()
            inside[-1].add(key)


class JsonPlaces(Mapping[Path, tuple[int, int]]):
    """Where the parts of a JSON text stand, looked up only when somebody asks: line and column of a key, or of an entry of a list."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.entries: dict[Path, list[int]] = {(): []}

    @cached_property
    def lines(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.text))]

    def at(self, offset: int) -> tuple[int, int]:
        """The line and column of an offset."""
        line = bisect_right(self.lines, offset)
        return line, offset - self.lines[line - 1] + 1

    def __getitem__(self, path: Path) -> tuple[int, int]:
        key, offset = 0, self.gap(0)
        for length in range(1, len(path) + 1):
            key, offset = self.inside(path[:length], offset)
        return self.at(key if path else offset)

    def inside(self, path: Path, offset: int) -> tuple[int, int]:
        """Where the last step of a path stands in the object or list at an offset, and where its value begins. Raises ``KeyError``."""
        step = path[-1]
        if isinstance(step, int) and self.text[offset] == "[":
            starts = self.entries.get(path[:-1])
            if starts is None:
                starts = self.entries[path[:-1]] = list(self.starts(offset))
            if step < len(starts):
                return starts[step], starts[step]
        elif isinstance(step, str) and self.text[offset] == "{":
            for key, place, value in self.members(offset):
                if key == step:
                    return place, value
        raise KeyError(path)

    def gap(self, offset: int) -> int:
        found = _GAP.match(self.text, offset)
        return offset if found is None else found.end()

    def starts(self, offset: int) -> Iterator[int]:
        """Where each entry of a list begins."""
        offset = self.gap(offset + 1)
        while self.text[offset] != "]":
            yield offset
            offset = self.gap(_DECODER.raw_decode(self.text, offset)[1])
            offset = self.gap(offset + 1) if self.text[offset] == "," else offset

    def members(self, offset: int) -> Iterator[tuple[str, int, int]]:
        """Each key of an object, where it stands and where its value begins."""
        offset = self.gap(offset + 1)
        while self.text[offset] != "}":
            place = offset
            key, offset = _DECODER.raw_decode(self.text, offset)
            offset = self.gap(self.gap(offset) + 1)
            yield key, place, offset
            offset = self.gap(_DECODER.raw_decode(self.text, offset)[1])
            offset = self.gap(offset + 1) if self.text[offset] == "," else offset

    def __iter__(self) -> Iterator[Path]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True
