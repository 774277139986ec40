"""What the linter and the reading of rulebooks find is said in the reader's language, whatever its code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from grants.base.language import in_language
from grants.calls.letters.findings import NO_CAP, NO_MAXIMUM, SAID, say
from scoring.findings import Finding

SCORING = Path(__file__).parents[2] / "scoring"
SOURCES = [
    *SCORING.glob("lint*.py"),
    *SCORING.glob("references*.py"),
    SCORING / "problems.py",
    SCORING / "reading.py",
    SCORING / "unfolding.py",
]
CODE = re.compile(
    r'(?:"(?:error|warning)",|severity,|refusal\(\s*name,|(?:self|look)\.no\(|(?:self|look)\.error\()\s*"([a-z]+(?:_[a-z]+)+)"'
)


def codes() -> list[str]:
    return sorted({code for path in SOURCES for code in CODE.findall(path.read_text(encoding="utf-8"))})


def test_the_codes_are_found_in_the_sources() -> None:
    assert {"band_gap", "unknown_fact", "missing_key", "units_do_not_fit", "key_twice", "too_deep"} <= set(codes())


@pytest.mark.parametrize("code", codes())
def test_every_code_has_its_sentences(code: str) -> None:
    assert code in SAID or code in ("cap_missing", "maximum_missing")


@pytest.mark.parametrize("language", ["sl", "it"])
def test_every_sentence_can_be_said_with_its_parameters(app: Flask, language: str) -> None:
    texts = [(code, "warning", pair) for code, pair in SAID.items()]
    texts += [("cap_missing", level, pair) for level, pair in NO_CAP.items()] + [
        ("maximum_missing", level, pair) for level, pair in NO_MAXIMUM.items()
    ]
    with app.test_request_context(f"/{language}/"), in_language(language):
        for code, level, pair in texts:
            params = {name: "X1" for text in pair for name in re.findall(r"%\((\w+)\)s", str(text))}
            finding = Finding(level, code, "", 1, 1, "ENGLISH", "ENGLISH", params)  # type: ignore[arg-type]
            said = say(finding)
            assert "ENGLISH" not in said.message + said.advice and "%" not in (said.message + said.advice).replace(" %", ""), code
            assert all(said.message.count(value) + said.advice.count(value) for value in params.values()), code
