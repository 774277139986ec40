"""One question then and now: what its earlier answer is worth, and what people are told of the change. Kinds of questions by kinds of changes."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from grants.applications.answers import as_typed
from grants.applications.earlier.comparing import Offer, offer, readings, written
from grants.base.language import in_language
from scoring.facts import check_fact
from scoring.questions import Fact
from tests.applications.answers import _value

BASE: dict[str, dict[str, Any]] = {
    "integer": {"minimum": "0", "maximum": "100"},
    "decimal": {"decimals": 1},
    "money": {"maximum": "5000"},
    "date": {"minimum": "2025-01-01", "maximum": "2025-12-31"},
    "boolean": {},
    "choice": {"choices": [{"id": "a", "label": {"sl": "prva", "it": "prima"}}, {"id": "b", "label": {"sl": "druga", "it": "seconda"}}]},
    "choices": {"choices": [{"id": "a", "label": {"sl": "prva", "it": "prima"}}, {"id": "b", "label": {"sl": "druga", "it": "seconda"}}]},
    "text": {"max_length": 20},
    "longtext": {"max_length": 100},
    "email": {},
    "url": {},
    "table": {
        "max_rows": 3,
        "columns": [
            {"id": "name", "kind": "text", "required": True, "label": {"sl": "Ime", "it": "Nome"}},
            {"id": "held", "kind": "date", "label": {"sl": "Datum", "it": "Data"}},
        ],
    },
}
REGATTA = {"name": "Regata", "held": "2025-07-04"}


@pytest.fixture(scope="module")
def anywhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    from tests.conftest import build_app

    folder = tmp_path_factory.mktemp("comparing")
    app = build_app(folder, f"sqlite:///{folder / 'none.sqlite3'}")
    with app.app_context(), in_language("en"):
        yield app


def fact(kind: str, **changes: Any) -> Fact:
    data = {"id": "q", "kind": kind, "label": {"sl": "Vprašanje", "it": "Domanda"}, **BASE[kind], **changes}
    return Fact.model_validate(data)


ONE = [{"id": "a", "label": {"sl": "prva", "it": "prima"}}]
NAME_ONLY = [{"id": "name", "kind": "text", "required": True, "label": {"sl": "Ime", "it": "Nome"}}]
SOON = [BASE["table"]["columns"][0], {"id": "held", "kind": "date", "minimum": "2026-01-01", "label": {"sl": "Datum", "it": "Data"}}]

OFFERS: list[tuple[str, dict[str, Any], Any, Any, tuple[str, ...]]] = [
    # kind, what changed, the answer of then, what is offered, what does not fit
    ("integer", {}, 48, "48", ()),
    ("integer", {}, 0, "0", ()),
    ("integer", {"maximum": "40"}, 48, "", ("This is too much: the most is 40.",)),
    ("decimal", {}, "12.5", "12,5", ()),
    ("decimal", {"decimals": 0}, "12.5", "", ("At most 0 decimals are allowed.",)),
    ("money", {}, 123456, "1234,56", ()),
    ("money", {"maximum": "1000"}, 123456, "", ("This is too much: the most is 1,000.00\u00a0EUR.",)),
    ("date", {}, "2025-07-04", "4. 7. 2025", ()),
    ("date", {"minimum": "2026-01-01", "maximum": "2026-12-31"}, "2025-07-04", "",
     ("The date must lie in the time from 1.\u00a01.\u00a02026 to 31.\u00a012.\u00a02026.",)),
    ("boolean", {}, True, "y", ()),
    ("boolean", {}, False, "n", ()),
    ("choice", {}, "b", "b", ()),
    ("choice", {"choices": ONE}, "b", "", ("“druga” is no longer among the possible answers.",)),
    ("choices", {}, ["a", "b"], ["a", "b"], ()),
    ("choices", {"choices": ONE}, ["a", "b"], ["a"], ("“druga” is no longer among the possible answers.",)),
    ("choices", {"choices": ONE}, ["b"], [], ("“druga” is no longer among the possible answers.",)),
    ("text", {}, "Galeb", "Galeb", ()),
    ("text", {"max_length": 3}, "Galeb", "Galeb", ("The text is too long by 2 characters. At most 3 are allowed.",)),
    ("longtext", {}, "Prva.\nDruga.", "Prva.\nDruga.", ()),
    ("email", {}, "ana@primer.example", "ana@primer.example", ()),
    ("url", {}, "https://primer.example", "https://primer.example", ()),
    ("table", {}, [REGATTA], [{"name": "Regata", "held": "4. 7. 2025"}], ()),
    ("table", {"columns": NAME_ONLY}, [REGATTA], [{"name": "Regata"}], ("The column “Datum” is no longer asked for.",)),
    ("table", {"columns": NAME_ONLY}, [{"name": "Regata", "held": None}], [{"name": "Regata"}], ()),
    ("table", {"columns": SOON}, [REGATTA], [{"name": "Regata", "held": ""}],
     ("Row 1, Datum: The date must lie in the time from 1.\u00a01.\u00a02026 to 31.\u00a012.\u00a02199.",)),
    ("table", {"max_rows": 1}, [REGATTA, REGATTA, REGATTA], [{"name": "Regata", "held": "4. 7. 2025"}], ("The last 2 rows are too many.",)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "changes", "then", "offered", "left"), OFFERS)
def test_what_fits_is_offered_and_what_does_not_is_said(
    anywhere: Flask, kind: str, changes: dict[str, Any], then: Any, offered: Any, left: tuple[str, ...]
) -> None:
    found = offer(fact(kind, **changes), fact(kind), then)
    assert (found.value, found.left) == (offered, left)


@pytest.mark.parametrize("kind", BASE)
def test_nothing_answered_is_nothing_offered(anywhere: Flask, kind: str) -> None:
    assert [offer(fact(kind), fact(kind), nothing) for nothing in (None, "", [])] == [Offer()] * 3


@pytest.mark.parametrize(("before", "now", "fits"), [("text", "longtext", True), ("integer", "decimal", True), ("longtext", "text", False), ("decimal", "integer", False), ("money", "integer", False), ("choice", "choices", False)])  # fmt: skip
def test_an_answer_of_another_kind_is_copied_only_where_each_is_one_of_the_new_kind(
    anywhere: Flask, before: str, now: str, fits: bool
) -> None:
    answer = {"text": "Galeb", "integer": 12, "longtext": "Galeb", "decimal": "1.5", "money": 1200, "choice": "a"}[before]
    found = offer(fact(now), fact(before), answer)
    assert bool(found.value) is fits
    assert found.left == (() if fits else ("The question now asks for another kind of answer. Write it anew.",))


def test_a_text_that_is_too_long_can_be_copied_and_shortened_but_not_in_bulk(anywhere: Flask) -> None:
    found = offer(fact("longtext", max_length=3), fact("longtext"), "Galeb")
    assert (found.value, found.holds) == ("Galeb", False)
    columns = [{**NAME_ONLY[0], "max_length": 3}]
    rows = offer(fact("table", columns=columns), fact("table", columns=NAME_ONLY), [{"name": "Galeb"}])
    assert (rows.value, rows.holds) == ([{"name": "Galeb"}], False)


def test_rows_of_which_nothing_is_left_are_not_copied(anywhere: Flask) -> None:
    other = [{"id": "place", "kind": "text", "label": {"sl": "Kraj", "it": "Luogo"}}]
    found = offer(fact("table", columns=other), fact("table"), [REGATTA])
    assert (found.value, found.left) == ([], ("The column “Ime” is no longer asked for.", "The column “Datum” is no longer asked for."))


@given(st.sampled_from(sorted(BASE)), st.integers(0, 10**6))
def test_an_answer_to_an_unchanged_question_comes_back_whole(anywhere: Flask, kind: str, seed: int) -> None:
    question = fact(kind)
    answer = check_fact(question, _value(question, Random(seed)))
    found = offer(question, question, answer)
    assert (found.left, found.holds) == ((), True)
    assert check_fact(question, found.value) == answer
    assert as_typed(question, written(question, answer)) == found.value, "as a draft keeps it"


READ: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    ("integer", {}, []),
    ("integer", {"label": {"sl": "Drugačno vprašanje", "it": "Domanda"}}, [("Question", "Vprašanje")]),
    ("integer", {"label": {"sl": "Vprašanje", "it": "Domanda diversa"}}, [("Question (Italiano)", "Domanda")]),
    ("integer", {"label": {"sl": "Vprašanje", "it": "Domanda", "en": "Question"}}, []),
    ("integer", {"label": {"sl": " Vprašanje\n", "it": "Domanda"}}, []),
    ("integer", {"help": {"sl": "Na dan vloge.", "it": "Al giorno della domanda."}}, [("Explanation", "")]),
    ("integer", {"unit": "članov"}, [("Unit", "")]),
    ("integer", {"maximum": "50"}, [("Limits", "From 0 to 100.")]),
    ("integer", {"proof": {"sl": "Seznam", "it": "Elenco"}}, [("Proof", "")]),
    ("integer", {"required": True}, []),
    ("decimal", {"decimals": 2}, [("Decimals", "1")]),
    ("date", {"maximum": "2026-12-31"}, [("Limits", "From 1.\u00a01.\u00a02025 to 31.\u00a012.\u00a02025.")]),
    ("text", {"max_length": 30}, [("Limits", "At most 20 characters.")]),
    ("choice", {"choices": ONE}, [("Possible answers", "prva; druga")]),
    ("choice", {"choices": list(reversed(BASE["choice"]["choices"]))}, []),
    ("choices", {"choices": [*ONE, {"id": "b", "label": {"sl": "tretja", "it": "terza"}}]}, [("Possible answers", "prva; druga")]),
    ("choice", {"choices": [*ONE, {"id": "c", "label": {"sl": "druga", "it": "seconda"}}]}, [("Possible answers", "prva; druga")]),
    ("table", {"columns": NAME_ONLY}, [("Columns", "Ime; Datum")]),
    ("table", {"columns": SOON}, [("Datum, limits", "")]),
    ("table", {"max_rows": 5}, [("Rows", "From 0 to 3.")]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "changes", "told"), READ)
def test_everything_that_people_read_and_that_changed_is_told_as_it_read_then(
    anywhere: Flask, kind: str, changes: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    assert [tuple(one) for one in readings(fact(kind, **changes), fact(kind))] == told


def test_a_change_is_told_in_the_language_of_the_reader(anywhere: Flask) -> None:
    changed = fact("text", label={"sl": "Drugačno vprašanje", "it": "Domanda diversa"})
    with in_language("it"):
        assert [tuple(one) for one in readings(changed, fact("text"))] == [("Domanda", "Domanda")]


def test_another_kind_of_answer_is_a_change(anywhere: Flask) -> None:
    assert ("Kind of answer", "another kind") in [tuple(one) for one in readings(fact("integer"), fact("text"))]
