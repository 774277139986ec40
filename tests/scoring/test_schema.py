"""The JSON Schema of the language: up to date, agreeing with what is read, and of use to an editor."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from scoring.judging import Criterion
from scoring.questions import Fact
from scoring.rulebook import Rulebook, Track
from scoring.schema import rulebook_schema, schema_text
from scoring.sharing import Pot
from tests.scoring.samples import FACTS, PANEL, POT, rulebook_text

ROOT = Path(__file__).parents[2]
BOOKS = sorted((ROOT / "rulebooks").glob("*/rulebook.yaml"))
VALIDATOR = Draft202012Validator(rulebook_schema())


def refused(text: str) -> list[str]:
    """Where the schema refuses a rulebook."""
    return [".".join(str(step) for step in error.absolute_path) or "(top)" for error in VALIDATOR.iter_errors(yaml.safe_load(text))]


def test_the_schema_is_a_schema_and_the_file_is_up_to_date() -> None:
    Draft202012Validator.check_schema(rulebook_schema())
    kept = (ROOT / "docs" / "rulebook.schema.json").read_text(encoding="utf-8")
    assert kept == schema_text(), "write it again: python -c 'from scoring.schema import schema_text; print(schema_text(), end=\"\")'"
    assert json.loads(kept)["x-format"] == "1" and "$id" not in json.loads(kept)


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.parent.name)
def test_every_rulebook_is_valid_when_read_as_plain_yaml(path: Path) -> None:
    assert refused(path.read_text(encoding="utf-8")) == []


def test_the_sample_is_valid_whichever_way_numbers_are_written() -> None:
    assert refused(rulebook_text()) == []
    assert refused(rulebook_text(pot=POT.replace('"10000.00"', "10000") + "least_marks: '3'\n").replace('version: "1"', "version: 1")) == []
    assert refused(rulebook_text(facts=FACTS + "- {id: a, kind: integer, label: {sl: a, it: a}, minimum: 5, required: yes}\n")) == []


@pytest.mark.parametrize(
    "text",
    [
        rulebook_text(pot=POT + "treshold: {minimum: 5}\n"),
        rulebook_text(pot=POT.replace("point_value", "points")),
        rulebook_text(pot=POT.replace('"10000.00"', "ten")),
        rulebook_text(pot=POT.replace("{sl: Sredstva, it: Fondi}", "{sl: Sredstva, de: Mittel}")),
        rulebook_text(pot=POT.replace("engine: point_value\n", "")),
        rulebook_text(criteria=(PANEL + "weigth: 2\n",)),
        rulebook_text(criteria=(PANEL.replace("kind: panel", "kind: bands\nfact: members\nbands: [{form: 1, points: 2}]"),)),
        rulebook_text(conditions=("id: c\ntext: {sl: c, it: c}\narticle: x\nholds: {al: [members > 1]}\n",)),
        rulebook_text().replace("languages:", "langauges:"),
        rulebook_text().replace('format: "1"', 'format: "2"'),
        rulebook_text(pot=POT + "parts:\n  - {id: I, amunt: 5}\n"),
        rulebook_text(pot=POT + "parts:\n  - {amount: 5}\n"),
    ],
)
def test_what_is_misspelt_is_refused(text: str) -> None:
    assert refused(text) != []


def test_a_pot_with_parts_may_leave_to_them_what_they_say() -> None:
    parts = "parts:\n  - {id: 1, percent: 60, of: all}\n  - {id: II, engine: waterfall, remainder: yes, of: all}\n"
    assert refused(rulebook_text(pot=POT.replace('amount: "10000.00"\n', "").replace("engine: point_value\n", "") + parts)) == []


@pytest.mark.parametrize("model", [Rulebook, Track, Fact, Pot, Criterion])
def test_every_key_of_the_language_is_in_the_schema_with_the_words_of_its_part(model: Any) -> None:
    schema = rulebook_schema()
    part = schema if model is Rulebook else schema["$defs"][model.__name__]
    assert {field.alias or name for name, field in model.model_fields.items()} <= set(part["properties"])
    assert part["description"].startswith((model.__doc__ or "").splitlines()[0].replace("``", "")[:20])
    assert part["additionalProperties"] is False
