"""Canonical JSON: sorted keys, no spaces, no floats, so that the same facts always give the same bytes and hash."""

import json
from typing import Any


class NotCanonical(TypeError):
    """Data that has no canonical form."""


def canonical_json(data: Any) -> bytes:
    """The one UTF-8 form of plain data. Raises ``NotCanonical`` for floats, ``TypeError`` for anything else that is not plain."""
    _refuse_floats(data)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _refuse_floats(data: Any) -> None:
    if isinstance(data, float):
        raise NotCanonical(f"float {data!r}: use whole cents or the text of an exact number")
    if isinstance(data, dict):
        for key, value in data.items():
            if not isinstance(key, str):
                raise NotCanonical(f"key {key!r} is not a text")
            _refuse_floats(value)
    elif isinstance(data, list | tuple):
        for value in data:
            _refuse_floats(value)
