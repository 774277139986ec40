"""What a bundle must look like before anything in it is computed: every place where it does not, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

FORMAT = "merila-bundle-1"
PARTS = ("call", "rulebook", "facts", "marks", "agreements", "order", "lots", "decided", "sheets", "awards")
CARRIED = "carried"
"""The part that is there only where a leftover came from pots that were settled before: by pot, in cents."""
OWNERS = "owners"
"""The part that is there only where one organisation made several applications and pots exclude one another: by applicant."""

# Kinds of values: a text of this table, a list of one kind, a mapping with any keys ("*"), or a record ("key?" may be left out).
_WANTED = {
    "text": "a text in quotes", "whole": "a whole number", "number": 'an exact number as a text, such as "12.5",', "list": "a list",
}  # fmt: skip
_TEXTS = {"*": "text"}
_AWARD = {"applicant": "text", "amount_cents": "whole"}
_SHAPE: Mapping[str, Any] = {
    "call": {"*": "any"},
    "rulebook": {"*": "any"},
    "facts": {"*": {"*": "fact"}},
    "marks": {"*": [{"member": "text", "criterion": "text", "points": "number", "item?": "text"}]},
    "agreements": {"*": [{"criterion": "text", "points": "number or nothing", "reason": _TEXTS, "item?": "text"}]},
    "order": {"*": "whole"},
    "lots": {"*": "whole"},
    "decided": {"*": {"*": {"cents": "whole", "reason": _TEXTS}}},
    "sheets": [{"applicant": "text", "pot": "text", "total": "number", "lines": "list", "…": "any"}],
    "awards": [{"pot": "text", "residual_cents": "whole", "flows": [{"to": "text", "cents": "whole"}], "awards": [{**_AWARD, "…": "any"}], "…": "any"}],
    "sha256": _TEXTS,
    CARRIED: {"*": "whole"},
    OWNERS: _TEXTS,
}  # fmt: skip


def not_a_bundle(data: Any) -> tuple[str, ...]:
    """Why nothing can be computed from this, each reason with its place; nothing for a bundle that can be read."""
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        return (f"this is not a bundle of the format {FORMAT}",)
    missing = tuple(f'the part "{name}" is missing' for name in (*PARTS, "sha256") if name not in data)
    return missing or tuple(words for name, kind in _SHAPE.items() if name in data for words in _wrong(data[name], kind, (name,)))


def unknown_parts(data: Mapping[str, Any]) -> list[str]:
    """What stands in a bundle beside its parts."""
    return [name for name in data if name != "format" and name not in _SHAPE]


def _wrong(value: Any, kind: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(kind, str):
        optional = kind.endswith(" or nothing")
        name = kind.removesuffix(" or nothing")
        if not (optional and value is None) and not _fits(value, name):
            yield wanted_here(path, _WANTED[name], value)
        elif name == "fact":
            yield from _fact(value, path)
    elif isinstance(kind, list):
        if not isinstance(value, list):
            yield wanted_here(path, "a list", value)
            return
        for index, one in enumerate(value, start=1):
            yield from _wrong(one, kind[0], (*path, str(index)))
    elif not isinstance(value, Mapping):
        yield wanted_here(path, "keys and values", value)
    elif "*" in kind:
        for key, one in value.items():
            yield from _wrong(one, kind["*"], (*path, str(key)))
    else:
        yield from _record(value, kind, path)


def _record(value: Mapping[str, Any], kind: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    known = {key.removesuffix("?"): one for key, one in kind.items() if key != "…"}
    for key in known:
        if key not in value and f"{key}?" not in kind:
            yield f'{" / ".join(path)}: the key "{key}" is missing'
    for key, one in value.items():
        if key in known:
            yield from _wrong(one, known[key], (*path, key))
        elif "…" not in kind:
            yield f'{" / ".join(path)}: the key "{key}" is not known here'


def _fact(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    """A typed value: a mapping only where something was found out about it, also in the cells of rows."""
    if isinstance(value, Mapping) and "stated" not in value:
        yield f'{" / ".join(path)}: the key "stated" is missing beside what was found out'
    elif isinstance(value, Mapping):
        if not isinstance(value.get("reason", {}), Mapping):
            yield wanted_here((*path, "reason"), "keys and values", value["reason"])
        for key in ("stated", "verified"):
            if isinstance(value.get(key), Mapping):
                yield wanted_here((*path, key), "a value", value[key])
    elif isinstance(value, list):
        for index, row in enumerate(value, start=1):
            for key, cell in row.items() if isinstance(row, Mapping) else ():
                yield from _fact(cell, (*path, str(index), str(key)))


def _fits(value: Any, name: str) -> bool:
    match name:
        case "text" | "number":
            return isinstance(value, str)
        case "whole":
            return isinstance(value, int) and not isinstance(value, bool)
        case "list":
            return isinstance(value, list)
    return True


def wanted_here(path: tuple[str, ...], wanted: str, value: Any) -> str:
    """What is wrong at a place, and what is wanted there."""
    try:
        given = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        given = "something else"
    return f"{' / '.join(path)}: {wanted} {'are' if wanted == 'keys and values' else 'is'} wanted here, not {given if len(given) <= 40 else given[:39] + '…'}"
