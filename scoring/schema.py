"""The JSON Schema of a rulebook, from the very models that read it: editors complete keys and underline mistakes with it."""

from __future__ import annotations

import json
from typing import Any

from scoring.rulebook import FORMAT, Rulebook

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SCALAR = ["string", "number"]


def rulebook_schema() -> dict[str, Any]:
    """The schema (JSON Schema 2020-12), with ``parts`` of pots, which are written out before the models see them.

    It knows keys, kinds of values and what is required; what keys need of each other, and names, are checked on reading.
    """
    schema: dict[str, Any] = _plain(Rulebook.model_json_schema(by_alias=True, mode="validation"))
    pot = schema["$defs"]["Pot"]
    own = {name: value for name, value in pot["properties"].items() if name != "id"}
    schema["$defs"]["PotPart"] = {
        "description": "A round, field or discipline: the pot again, with these keys of its own. Its id becomes pot.part.",
        "type": "object",
        "properties": {"id": {"type": ["string", "integer"], "pattern": "^[A-Za-z0-9_]{1,18}$"}, **own},
        "required": ["id"],
        "additionalProperties": False,
    }
    pot["properties"]["parts"] = {
        "description": "Each becomes a pot of its own: this pot, with what the part says itself.",
        "type": "array",
        "minItems": 1,
        "items": {"$ref": "#/$defs/PotPart"},
    }
    pot["anyOf"] = [{"required": pot.pop("required")}, {"required": ["id", "parts"]}]  # the parts may say what the pot does not
    schema["properties"]["format"] = {"description": "The version of this language.", "enum": [FORMAT, int(FORMAT)]}
    head = {"$schema": DIALECT, "x-format": FORMAT, "title": "Rulebook", "description": schema.pop("description", "")}
    return head | schema


def schema_text() -> str:
    """The schema as it is kept in ``docs/rulebook.schema.json``."""
    return json.dumps(rulebook_schema(), ensure_ascii=False, indent=1) + "\n"


def _plain(part: Any, named: bool = False) -> Any:
    """Without the titles that pydantic makes up, with descriptions on one line, and with numbers where YAML may read a text as one.

    ``named`` says that the keys are names of properties, so that one called "title" is kept.
    """
    if isinstance(part, list):
        return [_plain(one) for one in part]
    if not isinstance(part, dict):
        return part
    found: dict[str, Any] = {}
    for key, value in part.items():
        if named:
            found[key] = _plain(value)
        elif key == "description":
            found[key] = " ".join(str(value).replace("``", "").split())
        elif key != "title":
            found[key] = _plain(value, key in ("properties", "$defs"))
    if not named and found.get("type") == "string" and not {"pattern", "enum", "const"} & set(found):
        found["type"] = list(_SCALAR)
    return found
