"""What is wrong with the keys and values of a rulebook, in words for the person who wrote it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_origin

from pydantic import BaseModel, ValidationError

from scoring.findings import Finding, Path, Positions, found
from scoring.reading import nearest

LONGEST_VALUE = 80


def findings_of(error: ValidationError, positions: Positions, model: type[BaseModel]) -> list[Finding]:
    """One finding for each mistake: a list is not called empty because what is in it is wrong, nor a misspelt key missing too."""
    problems = [(path_of(problem["loc"]), problem) for problem in error.errors()]
    inner = {path[:length] for path, _ in problems for length in range(len(path))}
    findings, misspelt = [], set()
    for path, problem in problems:
        if problem["type"] == "extra_forbidden":
            finding = _unknown_key(path, problem["input"], positions, model)
            misspelt.add((*path[:-1], finding.params.get("nearest", "")))
            findings.append((path, finding))
    for path, problem in problems:
        missing, empty = problem["type"] == "missing", problem["type"] == "too_short"
        if problem["type"] != "extra_forbidden" and not (missing and path in misspelt) and not (empty and path in inner):
            findings.append((path, _finding(path, problem, positions)))
    return [finding for _, finding in findings]


def path_of(loc: Sequence[str | int]) -> Path:
    """Where the mistake stands in the text: without the names of the forms that a value can have."""
    return tuple(step for step in loc if isinstance(step, int) or not (step.startswith("<") or step == "[key]"))


def _unknown_key(path: Path, given: object, positions: Positions, model: type[BaseModel]) -> Finding:
    last = str(path[-1])
    known = _keys_at(model, path[:-1])
    if last == "parts" and "engine" in known:  # a list was written out before
        message = "a list of parts is wanted here, each with an id"
        return _bad_value(path, positions, message, 'Write one part on each line that begins with a dash, such as "- id: I".', given)
    close = nearest(last, known)
    advice = f'Did you mean "{close}"?' if close else _possible(known)
    return found("error", "unknown_key", path, positions, f'the key "{last}" is not known here', advice, key=last, nearest=close)


def _possible(known: Sequence[str]) -> str:
    if len(known) <= 8:
        return f"The keys here are {', '.join(known)}."
    return "Remove it, or look the key up in docs/rulebook.md."


def _finding(path: Path, problem: Mapping[str, Any], positions: Positions) -> Finding:
    kind, last, given, context = problem["type"], path[-1] if path else "", problem.get("input"), problem.get("ctx", {})
    if kind == "missing":
        return found("error", "missing_key", path, positions, f'the key "{last}" is missing', f'Add "{last}:" here.', key=last)
    if kind == "literal_error":
        choices = context["expected"].replace("'", "")
        if isinstance(given, Mapping | list):
            return _bad_value(path, positions, f"one of {choices} is wanted here", "Write one of these words.", given)
        words = re.split(", | or ", choices)
        close = nearest(str(given), words) or next((word for word in words if given and word.startswith(str(given))), "")
        advice = f'Did you mean "{close}"?' if close else "Use one of these."
        message = f'"{_shown(given)}" is not one of {choices}'
        return found("error", "unknown_value", path, positions, message, advice, value=_shown(given), expected=choices, nearest=close)
    if kind == "value_error":
        message = problem["msg"].removeprefix("Value error, ")
        if isinstance(given, list) or (isinstance(given, Mapping) and message.startswith(f'"{given}"')):
            return _bad_value(path, positions, "one value is wanted here, not a list or keys", "Write the value behind the colon.", given)
        if "of the formula)" in message:
            shown = _shown(given)
            advice = "Correct the formula; docs/rulebook.md lists what it may consist of."
            return found("error", "bad_formula", path, positions, message, advice, value=shown, problem=message)
        if isinstance(given, Mapping):
            return part_problem(path, positions, message, given)
        return _bad_value(path, positions, message, "Correct this value.", given)
    if kind == "string_pattern_mismatch":
        return _bad_value(path, positions, _name_words(str(context.get("pattern", ""))), "Correct this value.", given)
    tested = isinstance(last, int) and path[-2] in ("all", "any")
    if kind == "string_type" and (tested or last in _FORMULAS):
        advice = "Write a formula, such as members >= 20; several of them stand under all: or any:."
        return _bad_value(path, positions, "a formula is wanted here", advice, given)
    if kind == "dict_type":
        named = _DICTS.get(str(last), _TEXTS)
        return _bad_value(path, positions, named[0], named[1], given)
    message, advice = _WORDS.get(kind, (problem["msg"], "Correct this value."))
    limit = next((context[key] for key in ("ge", "le", "gt", "lt") if key in context), "")
    return _bad_value(path, positions, message.format(limit=limit), advice, given)


def part_problem(path: Path, positions: Positions, message: str, given: object) -> Finding:
    """What is wrong with a part as a whole."""
    return _bad_value(path, positions, message, "Correct this part; docs/rulebook.md has an example of it.", given)


def _bad_value(path: Path, positions: Positions, message: str, advice: str, given: object) -> Finding:
    return found("error", "bad_value", path, positions, message, advice, value=_shown(given), problem=message)


def _shown(given: object) -> str:
    text = str(given)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _name_words(pattern: str) -> str:
    if pattern.startswith("^[A-Za-z]"):
        return "the name of a class is made of letters without accents, digits and _, and begins with a letter"
    if pattern.startswith("^[a-z0-9]"):
        return "the id of a rulebook is made of small letters without accents, digits and -"
    if r"\." in pattern:
        return "the id of a pot is made of small letters without accents, digits and _, and begins with a letter; behind a point may stand its part"
    return "an id is made of small letters without accents, digits and _, and begins with a letter"


_FORMULAS = {"formula", "holds", "when", "where", "among", "needs", "unless", "actual", "norm", "most_units", "all", "any", "not"}
_CORRECT = "Correct this value."
_WORDS = {
    "tuple_type": ("a list is wanted here: lines that begin with a dash", "Put a dash before each line, or [ ] around what stands here."),
    "model_type": ("keys and values are wanted here", "Write a key, a colon and a value on each line, or { } around them."),
    "string_type": (
        "a text is wanted here",
        "Write the text behind the colon; quotes are needed where it has a colon or begins with a sign.",
    ),
    "int_type": ("a whole number is wanted here", _CORRECT),
    "int_parsing": ("a whole number is wanted here", _CORRECT),
    "bool_type": ("true or false is wanted here", "Write yes or no."),
    "bool_parsing": ("true or false is wanted here", "Write yes or no."),
    "too_short": ("at least one is wanted here", "Add one, or remove the key where it may be left out."),
    "greater_than_equal": ("at least {limit} is wanted here", _CORRECT),
    "less_than_equal": ("at most {limit} is wanted here", _CORRECT),
}
_TEXTS = (
    "the text in each language is wanted here, such as {sl: …, it: …, en: …}",
    "Write the text once for each language of the rulebook.",
)
_DICTS = {
    "tables": (
        "a table for each class is wanted here, such as {A: {bands: […]}, B: …}",
        "Write the id of each class, a colon and its table.",
    ),
    "choose": (
        "a number for each answer is wanted here, such as {local: 1, regional: 2}",
        "Write the id of each answer, a colon and its number.",
    ),
    "amounts": (
        "an amount for each answer is wanted here, such as {small: 500, large: 900}",
        "Write the id of each answer, a colon and its amount.",
    ),
}


def _keys_at(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that are known at a place. What an entry of a dictionary is called says nothing about its shape."""
    entry = False
    for step in path:
        if isinstance(step, int) or entry:
            entry = False
            continue
        field = next((field for name, field in model.model_fields.items() if step in (field.alias, name)), None)
        if field is None:
            continue
        entry = _is_dict(field.annotation)
        model = _part_in(field.annotation) or model
    keys = [field.alias or name for name, field in model.model_fields.items()]
    return [*keys, "parts"] if "engine" in keys else keys


def _is_dict(annotation: Any) -> bool:
    return get_origin(annotation) is dict


def _part_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        part = _part_in(inner)
        if part is not None:
            return part
    return None
