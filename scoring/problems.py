"""What is wrong with the keys and values of a rulebook, in words for the person who wrote it."""

from typing import Any

from pydantic import BaseModel, ValidationError

from scoring.findings import Finding, Path, Positions, found
from scoring.reading import nearest


def findings_of(error: ValidationError, positions: Positions, model: type[BaseModel]) -> list[Finding]:
    """One finding for each mistake; a list is not called empty because what is in it is wrong."""
    problems = error.errors()
    inner = {problem["loc"][:length] for problem in problems for length in range(len(problem["loc"]))}
    return [_finding(problem, positions, model) for problem in problems if not (problem["type"] == "too_short" and problem["loc"] in inner)]


def _finding(problem: Any, positions: Positions, model: type[BaseModel]) -> Finding:
    path: Path = tuple(step for step in problem["loc"] if isinstance(step, str | int))
    kind, last = problem["type"], path[-1] if path else ""
    if kind == "extra_forbidden":
        known = nearest(str(last), _keys_at(model, path[:-1]))
        advice = f'Did you mean "{known}"?' if known else "Remove it, or look the key up in docs/rulebook.md."
        return found("error", "unknown_key", path, positions, f'the key "{last}" is not known here', advice, key=last, nearest=known)
    if kind == "missing":
        return found("error", "missing_key", path, positions, f'the key "{last}" is missing', f'Add "{last}:" here.', key=last)
    message = _WORDS.get(kind) or problem["msg"].removeprefix("Value error, ")
    if kind == "literal_error":
        given = problem.get("input")
        choices = problem["ctx"]["expected"].replace("'", "")
        return found(
            "error",
            "unknown_value",
            path,
            positions,
            f'"{given}" is not one of {choices}',
            "Use one of these.",
            value=given,
            expected=choices,
        )
    code = "bad_formula" if last in ("formula", "holds") else "bad_value"
    return found("error", code, path, positions, message, "Correct this value.", value=problem.get("input"), problem=message)


_WORDS = {
    "tuple_type": "a list is wanted here: lines that begin with a dash",
    "model_type": "keys and values are wanted here",
    "dict_type": "the text in each language is wanted here, such as {sl: …, it: …, en: …}",
    "string_type": "a text is wanted here",
    "int_type": "a whole number is wanted here",
    "int_parsing": "a whole number is wanted here",
    "bool_type": "true or false is wanted here",
    "bool_parsing": "true or false is wanted here",
    "too_short": "at least one is wanted here",
    "string_pattern_mismatch": "an id is made of small letters without accents, digits and _ (in the id of the rulebook: -), and begins with a letter",
}


def _keys_at(model: type[BaseModel], path: Path) -> list[str]:
    for step in path:
        if isinstance(step, int) or step not in model.model_fields:
            if isinstance(step, str):
                step = f"{step}_"
            if step not in model.model_fields:
                continue
        part = _part_in(model.model_fields[str(step)].annotation)
        if part is not None:
            model = part
    return [field.alias or name for name, field in model.model_fields.items()]


def _part_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        part = _part_in(inner)
        if part is not None:
            return part
    return None
