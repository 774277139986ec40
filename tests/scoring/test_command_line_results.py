"""Published results on the command line: verified, compared and tried, with exit codes, places and three languages."""

import json
import re
from string import Formatter

import pytest

from scoring.words_checks import WORDS
from tests.scoring.test_bundle import award_of, bundle, carried_over
from tests.scoring.test_command_line import folder as folder
from tests.scoring.test_command_line import run, write


def test_a_bundle_that_agrees_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    write("bundle.json", json.dumps(bundle()))
    assert run(capsys, "verify", "bundle.json") == (0, "5 awards recomputed, 0 differ\n", "")


def test_a_bundle_is_compared_with_the_earlier_ones_that_it_builds_on(capsys: pytest.CaptureFixture[str]) -> None:
    for cents, code in ((0, 0), (5, 1)):
        for name, data in zip(("first.json", "main.json"), carried_over(cents), strict=True):
            write(name, json.dumps(data))
        assert run(capsys, "verify", "main.json", "first.json")[0] == code
        assert run(capsys, "verify", "main.json")[0] == 0


def test_a_bundle_that_differs_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    data = bundle()
    award_of(data, "P2")["amount_cents"] += 1
    write("bundle.json", json.dumps(data))
    code, out, err = run(capsys, "verify", "bundle.json")
    assert (code, err) == (1, "")
    assert out.endswith("5 awards recomputed, 3 differ\n")


@pytest.mark.parametrize("text", ["", "{", "not json", '{"format": 0.5}', '{"format": NaN}', "[" * 100_000])
def test_a_bundle_that_cannot_be_read_ends_with_2(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    write("bundle.json", text)
    code, out, err = run(capsys, "verify", "bundle.json")
    assert (code, out) == (2, "") and err.startswith("bundle.json: ")


@pytest.mark.parametrize("text", ["[]", "{}"])
@pytest.mark.parametrize("words", [("verify", "bundle.json"), ("diff", "bundle.json", "good.json"), ("verify", "good.json", "bundle.json")])
def test_json_that_is_no_bundle_ends_with_2(words: tuple[str, ...], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    write("bundle.json", text)
    write("good.json", json.dumps(bundle()))
    assert run(capsys, *words) == (2, "", "bundle.json: this is not a bundle of the format merila-bundle-1\n")


def test_a_malformed_bundle_ends_with_2_at_the_place(capsys: pytest.CaptureFixture[str]) -> None:
    write("bundle.json", json.dumps(bundle() | {"order": {"P1": "a", "P2": None}}))
    said = "".join(
        f"bundle.json: order / {name}: a whole number is wanted here, not {given}\n" for name, given in (("P1", '"a"'), ("P2", "null"))
    )
    assert run(capsys, "verify", "bundle.json") == (2, "", said)
    write("bundle.json", '{"format": "merila-bundle-1",\n"call": }')
    assert run(capsys, "verify", "bundle.json")[2].startswith("bundle.json: line 2, column 9: this is not the JSON of a published result")
    write("bundle.json", json.dumps(bundle()).replace('"order": {', '"order": {"P1": 9, '))
    assert 'the key "P1" stands twice' in run(capsys, "verify", "bundle.json")[2]


def test_results_are_verified_compared_and_tried_in_the_language_that_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    write("bundle.json", json.dumps(bundle()))
    changed = bundle()
    changed["sheets"][0]["total"] = "77.5"
    award_of(changed, "P2")["amount_cents"] += 100_000
    write("other.json", json.dumps(changed))
    _, slovenian, _ = run(capsys, "verify", "other.json", "--language", "sl")
    assert "del »sheets« ni tisti, ki je bil objavljen" in slovenian and "objavljene točke 77,5, preračunane " in slovenian
    assert slovenian.endswith("preračunanih dodelitev: 5, razlik: 5\n")
    _, italian, _ = run(capsys, "diff", "bundle.json", "other.json", "--language", "it")
    first, second, last = italian.splitlines()
    assert first.startswith("punti: ") and second.startswith("assegnazione: main P2: ") and last == "differenze: 2"
    assert re.search(r"[0-9]\.[0-9]{3},[0-9]{2} EUR$", second)
    code, out, _ = run(capsys, "stability", "rulebook.yaml", "facts.yaml", "--language", "it")
    assert code in (0, 1) and out.splitlines()[-1].startswith("prove: ")


def test_what_is_said_of_results_has_the_same_values_in_every_language() -> None:
    for code, texts in WORDS.items():
        assert set(texts) == {"sl", "it", "en"}, code
        named = {language: {name for _, name, _, _ in Formatter().parse(text) if name} for language, text in texts.items()}
        assert named["sl"] == named["it"] == named["en"], code


def test_results_are_compared_for_machines_too(capsys: pytest.CaptureFixture[str]) -> None:
    write("bundle.json", json.dumps(bundle()))
    changed = bundle()
    award_of(changed, "P2")["amount_cents"] += 1
    write("other.json", json.dumps(changed))
    code, out, _ = run(capsys, "verify", "bundle.json", "--json")
    assert (code, json.loads(out)) == (0, {"checked": 5, "differences": []})
    code, out, _ = run(capsys, "verify", "other.json", "--json")
    assert (code, json.loads(out)["checked"], len(json.loads(out)["differences"])) == (1, 5, 3)
    code, out, _ = run(capsys, "diff", "bundle.json", "other.json", "--json")
    assert code == 1 and [one.partition(":")[0] for one in json.loads(out)["differences"]] == ["award"]
