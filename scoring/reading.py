"""YAML read as plain texts with the place of every part: no scalar ever becomes a float, a date or a truth value."""

import re
from difflib import get_close_matches
from typing import Any

import yaml

from scoring.findings import Finding, Path, RulebookError, found, refusal

LARGEST = 2_000_000  # of a facts file; YAML is read at about 100,000 characters a second
LARGEST_RULEBOOK = 200_000
DEEPEST = 40
_DEEP = re.compile(r"(?:[\[{]\s*){41}")
MOST_PARTS = 100_000
_FLAT = "A rulebook is flat: look it up in docs/rulebook.md."
_INDENT = "Look at the indentation and the quotes around this place."


def compose(text: str, name: str, largest: int = LARGEST, mistakes: list[Finding] | None = None) -> tuple[Any, dict[Path, tuple[int, int]]]:
    """Plain data (all scalars are texts) and the line and column of every part. Raises ``RulebookError``.

    Keys that stand twice are added to ``mistakes``, if it is given, and the first counts; otherwise they are raised, all at once.
    """
    if len(text) > largest:
        raise refusal(name, "too_large", (), {(): (1, 1)}, f"the file is longer than {largest} characters", "Split it.")
    deep = _DEEP.search(text)  # YAML itself would take seconds to find out
    if deep:
        before = text[: deep.start()]
        place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise refusal(name, "too_deep", (), {(): place}, "this is nested too deeply", _FLAT)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _not_yaml(name, place, error.problem or "not readable", _INDENT) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = getattr(error, "reason", "") or ("nested too deeply" if isinstance(error, RecursionError) else str(error))
        raise _not_yaml(name, _line_and_column(text, error), problem, "Save the file as UTF-8 text.") from None
    positions: dict[Path, tuple[int, int]] = {}
    if node is None:
        return None, {(): (1, 1)}
    twice: list[Finding] = []
    data = _plain(node, (), positions, name, twice)
    if twice and mistakes is None:
        raise RulebookError(twice, name)
    if mistakes is not None:
        mistakes += twice
    return data, positions


def _not_yaml(name: str, place: tuple[int, int], problem: str, advice: str) -> RulebookError:
    return refusal(name, "not_yaml", (), {(): place}, f"this is not readable YAML: {problem}", advice, problem=problem)


def _line_and_column(text: str, error: Exception) -> tuple[int, int]:
    """Where a sign stands that YAML does not allow at all."""
    at = getattr(error, "position", 0)
    before = text[: at if isinstance(at, int) else 0]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _plain(node: yaml.Node, path: Path, positions: dict[Path, tuple[int, int]], name: str, twice: list[Finding]) -> Any:
    positions.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
    if len(positions) > MOST_PARTS:  # a few aliases of aliases would otherwise unfold without end
        raise refusal(name, "too_large", path, positions, "the rulebook has too many parts", "Split it.")
    if len(path) > DEEPEST:
        raise refusal(name, "too_deep", path, positions, "this is nested too deeply", _FLAT)
    if isinstance(node, yaml.MappingNode):
        data: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _not_yaml(name, (key.start_mark.line + 1, key.start_mark.column + 1), "a key is one word", _INDENT)
            word = str(key.value)
            place = (key.start_mark.line + 1, key.start_mark.column + 1)
            if word in data:
                message = f'the key "{word}" stands twice'
                twice.append(found("error", "key_twice", (*path, word), {(*path, word): place}, message, "Keep one of them.", key=word))
                continue
            positions[(*path, word)] = place
            data[word] = _plain(value, (*path, word), positions, name, twice)
        return data
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, index), positions, name, twice) for index, item in enumerate(node.value)]
    if node.tag == "tag:yaml.org,2002:null":
        return None
    return str(node.value)


def nearest(word: str, known: list[str]) -> str:
    """The known word that looks most like this one, or an empty text."""
    return next(iter(get_close_matches(word, known, 1)), "")
