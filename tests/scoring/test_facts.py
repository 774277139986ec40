"""From what people write to typed values, or to a refusal that a page can explain."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.facts import FactError, RowsError, check_fact, check_facts, clean_text, exact_value
from scoring.questions import Fact

LABEL = {"sl": "Podatek"}
CHOICES = ({"id": "a", "label": {"sl": "a"}}, {"id": "b", "label": {"sl": "b"}}, {"id": "c", "label": {"sl": "c"}})


def fact(kind: str, **keys: Any) -> Fact:
    return Fact(id="fact", kind=kind, label=LABEL, **keys)  # type: ignore[arg-type]


def outcome(question: Fact, raw: object) -> object:
    """The value, or the code of the refusal."""
    try:
        return check_fact(question, raw)
    except FactError as error:
        return error.code


MEMBERS, SHARE, AMOUNT, DAY, YES = (fact("integer"), fact("decimal", decimals=1), fact("money"), fact("date"), fact("boolean"))
CASES: list[tuple[Fact, object, object]] = [
    (MEMBERS, "12", 12), (MEMBERS, " 12 ", 12), (MEMBERS, "1.234", 1234), (MEMBERS, "1 234 567", 1234567), (MEMBERS, "1\u00a0234", 1234), (MEMBERS, "1\u202f234", 1234),
    (MEMBERS, "0", 0), (MEMBERS, 7, 7), (MEMBERS, "12,0", 12), (MEMBERS, "", None), (MEMBERS, "   ", None), (MEMBERS, None, None),
    (MEMBERS, "12,5", "not_a_whole_number"), (MEMBERS, "twelve", "not_a_whole_number"), (MEMBERS, "1e3", "not_a_whole_number"), (MEMBERS, 1.0, "not_a_whole_number"), (MEMBERS, True, "not_a_whole_number"),
    (MEMBERS, "-1", "negative"), (MEMBERS, "−1", "negative"), (MEMBERS, "6/2", "not_a_whole_number"), (MEMBERS, "٣", "not_a_whole_number"), (MEMBERS, [], None), (MEMBERS, ["1"], "not_a_whole_number"),
    (MEMBERS, "9" * 14, "above_maximum"), (MEMBERS, "9" * 5000, "not_a_whole_number"), (MEMBERS, "12.34.5", "not_a_whole_number"), (MEMBERS, "1,2,3", "not_a_whole_number"),
    (fact("integer", minimum="-5"), "-3", -3), (fact("integer", minimum="-5"), "-6", "below_minimum"), (fact("integer", minimum="2", maximum="9"), "1", "below_minimum"), (fact("integer", minimum="2", maximum="9"), "10", "above_maximum"), (fact("integer", minimum="2", maximum="9"), "9", 9),
    (SHARE, "7,5", "7.5"), (SHARE, "7.5", "7.5"), (SHARE, "7", "7"), (SHARE, "7,50", "7.5"), (SHARE, "7,55", "too_many_decimals"), (SHARE, "1.234,5", "1234.5"), (SHARE, "1,234.5", "1234.5"), (SHARE, "1/2", "not_a_number"), (SHARE, "half", "not_a_number"), (SHARE, 0.5, "not_a_number"), (SHARE, "-0,5", "negative"),
    (AMOUNT, "1500", 150000), (AMOUNT, "1500,5", 150050), (AMOUNT, "1.500,00", 150000), (AMOUNT, "1,500.00", 150000), (AMOUNT, "1 500,00 EUR", 150000), (AMOUNT, "€ 12", 1200), (AMOUNT, "12 €", 1200), (AMOUNT, "1.500", 150000), (AMOUNT, "0,01", 1), (AMOUNT, 150050, 150050), (AMOUNT, "1'500.00", "not_an_amount"), (AMOUNT, "1'500,00", 150000),
    (AMOUNT, "12,345", "too_many_cents"), (AMOUNT, "0.001", "too_many_cents"), (AMOUNT, "-5", "negative"), (AMOUNT, -5, "negative"), (AMOUNT, "a lot", "not_an_amount"), (AMOUNT, "1e6", "not_an_amount"), (AMOUNT, 12.5, "wrong_type"), (AMOUNT, True, "wrong_type"), (AMOUNT, {"a": 1}, "not_an_amount"), (AMOUNT, "9999999999999", "above_maximum"), (AMOUNT, "9" * 5000, "too_many_cents"),
    (fact("money", minimum="100", maximum="4000"), "99,99", "below_minimum"), (fact("money", minimum="100", maximum="4000"), "4000,01", "above_maximum"), (fact("money", minimum="100", maximum="4000"), "4000", 400000),
    (DAY, "4. 5. 2026", "2026-05-04"), (DAY, "04.05.2026.", "2026-05-04"), (DAY, "2026-05-04", "2026-05-04"), (DAY, "29. 2. 2024", "2024-02-29"), (DAY, "29. 2. 2026", "impossible_date"), (DAY, "31. 4. 2026", "impossible_date"), (DAY, "0. 1. 2026", "impossible_date"), (DAY, "2026-13-01", "impossible_date"), (DAY, "5/4/2026", "not_a_date"), (DAY, "tomorrow", "not_a_date"), (DAY, "1. 1. 0001", "date_out_of_range"), (DAY, ["1"], "not_a_date"),
    (fact("date", minimum="2026-01-01", maximum="2026-12-31"), "31. 12. 2025", "date_out_of_range"), (fact("date", minimum="2026-01-01", maximum="2026-12-31"), "31. 12. 2026", "2026-12-31"),
    (YES, "yes", True), (YES, "da", True), (YES, "sì", True), (YES, True, True), (YES, "no", False), (YES, "ne", False), (YES, "", False), (YES, None, False), (YES, "perhaps", "wrong_type"), (YES, [1], "wrong_type"),
    (fact("boolean", required=True), None, "required"), (fact("boolean", required=True), "no", False),
    (fact("choice", choices=CHOICES), "b", "b"), (fact("choice", choices=CHOICES), "d", "not_a_choice"), (fact("choice", choices=CHOICES), ["a"], "not_a_choice"), (fact("choice", choices=CHOICES), {}, "not_a_choice"),
    (fact("choices", choices=CHOICES), ["c", "a", "a"], ["a", "c"]), (fact("choices", choices=CHOICES), ["a", "x"], "not_a_choice"), (fact("choices", choices=CHOICES), "a", "wrong_type"), (fact("choices", choices=CHOICES), [], None),
    (fact("text"), "  Društvo\u0000 Val ", "Društvo Val"), (fact("text"), "a\nb", "one_line"), (fact("text"), "a" * 251, "too_long"), (fact("text"), 5, "wrong_type"), (fact("text"), "\u202eabc", "abc"), (fact("text", required=True), "\u0007", "required"), (fact("text"), "c\u030c", "č"),
    (fact("email"), "ana@obala.example", "ana@obala.example"), (fact("email"), "ana@obala", "not_an_email"), (fact("email"), "ana at obala.example", "not_an_email"), (fact("email"), "<ana@obala.example>", "not_an_email"), (fact("email"), "a@b@c.si", "not_an_email"),
    (fact("url"), "https://obala.example/a?b=1", "https://obala.example/a?b=1"), (fact("url"), "javascript:alert(1)", "not_a_url"), (fact("url"), "obala.example", "not_a_url"), (fact("url"), "https://a.b\"><script>", "not_a_url"),
    (fact("file", max_files=2), ["x", "y"], ["x", "y"]), (fact("file", max_files=2), ["x", "y", "z"], "too_many_files"), (fact("file"), "x", "wrong_type"), (fact("file", required=True), [], "required"),
    (fact("integer", required=True), "", "required"), (fact("text", required=True), "   ", "required"), (fact("choices", choices=CHOICES, required=True), [], "required"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "raw", "expected"), CASES, ids=[f"{question.kind} {str(raw)[:20]!r}" for question, raw, _ in CASES])
def test_an_answer_becomes_its_value_or_its_refusal(question: Fact, raw: object, expected: object) -> None:
    given_value = outcome(question, raw)
    assert given_value == expected
    assert type(given_value) is type(expected)


@pytest.mark.parametrize(("question", "raw", "expected"), [case for case in CASES if case[0].kind not in ("money",)], ids=str)
def test_a_checked_value_can_be_checked_again(question: Fact, raw: object, expected: object) -> None:
    try:
        value = check_fact(question, raw)
    except FactError:
        return
    assert outcome(question, value) == value or (value is None and question.kind != "boolean")


def test_a_new_line_counts_once_however_the_browser_sends_it() -> None:
    remark = fact("longtext", max_length=5)
    assert check_fact(remark, "ab\r\ncd") == "ab\ncd"
    with pytest.raises(FactError) as refusal:
        check_fact(remark, "ab\r\ncde")
    assert refusal.value.params == {"most": "5", "length": "6", "over": "1"}
    assert clean_text("a\rb\r\nc\n") == "a\nb\nc"


TABLE = fact(
    "table", max_rows=3, min_rows=0,
    columns=({"id": "name", "kind": "text", "label": LABEL, "required": True}, {"id": "hours", "kind": "decimal", "label": LABEL}, {"id": "proven", "kind": "boolean", "label": LABEL}),
)  # fmt: skip


def test_rows_are_checked_cell_by_cell() -> None:
    assert check_fact(TABLE, [{"name": "Mladi", "hours": "1,5", "proven": "da"}]) == [{"name": "Mladi", "hours": "1.5", "proven": True}]


def test_empty_rows_do_not_count_and_a_zero_is_not_empty() -> None:
    assert check_fact(TABLE, [{"name": "", "hours": None, "proven": False}, {}]) == []
    with pytest.raises(RowsError) as refusal:
        check_fact(TABLE, [{"name": "", "hours": 0}])
    assert refusal.value.rows[0, "name"].code == "required"


def test_an_error_keeps_the_number_of_the_row_that_a_person_sees() -> None:
    with pytest.raises(RowsError) as refusal:
        check_fact(TABLE, [{"name": "A"}, {"name": ""}, {"name": "B", "hours": "many"}])
    assert {place: error.code for place, error in refusal.value.rows.items()} == {(2, "hours"): "not_a_number"}


@pytest.mark.parametrize(
    ("keys", "rows", "code"),
    [({}, [{"name": "a"}] * 4, "too_many_rows"), ({"required": True}, [{}], "required"), ({"required": True}, [], "required"), ({"min_rows": 2}, [{"name": "a"}], "too_few_rows"), ({}, "a", "wrong_type"), ({}, ["a"], "wrong_type"), ({}, {"name": "a"}, "wrong_type")],
)  # fmt: skip
def test_a_table_has_as_many_rows_as_it_may(keys: dict[str, Any], rows: object, code: str) -> None:
    assert outcome(TABLE.model_copy(update=keys), rows) == code


def test_a_form_tells_all_its_errors_and_keeps_the_rest() -> None:
    questions = [
        fact("integer").model_copy(update={"id": "a"}),
        fact("money").model_copy(update={"id": "b"}),
        fact("text", required=True).model_copy(update={"id": "c"}),
    ]
    values, errors = check_facts(questions, {"a": "5", "b": "x", "unknown": "?"})
    assert values == {"a": 5}
    assert {key: error.code for key, error in errors.items()} == {"b": "not_an_amount", "c": "required"}


def test_a_refusal_reads_like_words() -> None:
    assert str(FactError("above_maximum", maximum=5)) == "above maximum (maximum 5)"
    assert str(FactError("required")) == "required"


@pytest.mark.parametrize(
    ("question", "value", "exact"),
    [(AMOUNT, 1250, Fraction(25, 2)), (YES, True, Fraction(1)), (SHARE, "7.5", Fraction(15, 2)), (MEMBERS, 3, Fraction(3)), (fact("choices", choices=CHOICES), ["a", "b"], Fraction(2)), (fact("text"), "x", None), (MEMBERS, None, None)],
)  # fmt: skip
def test_formulas_and_bands_see_a_number(question: Fact, value: object, exact: Fraction | None) -> None:
    assert exact_value(question, value) == exact


@given(
    st.one_of(
        st.text(max_size=40),
        st.integers(),
        st.floats(),
        st.booleans(),
        st.none(),
        st.lists(st.text(max_size=3), max_size=3),
        st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
    )
)
def test_no_answer_ever_breaks_the_check(raw: object) -> None:
    for question in (
        MEMBERS,
        SHARE,
        AMOUNT,
        DAY,
        YES,
        TABLE,
        fact("email"),
        fact("url"),
        fact("longtext"),
        fact("choices", choices=CHOICES),
        fact("file"),
    ):
        outcome(question, raw)
