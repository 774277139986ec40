"""What is wrong with a value in a facts file, where, and what to write instead."""

from scoring.facts import FactError, Proven, check_fact
from scoring.money import NumberError
from scoring.questions import Fact

_SAYS = {
    "negative": ("the value is negative", "write 0 or more"),
    "below_minimum": ("the value is below the minimum {minimum}", "write {minimum} or more"),
    "above_maximum": ("the value is above the maximum {maximum}", "write {maximum} or less"),
    "not_a_number": ("this is not a number", "write digits, such as 12 or 7.5"),
    "not_a_whole_number": ("this is not a whole number", "write digits alone, such as 12"),
    "too_many_decimals": ("there are too many decimals", "write at most {decimals}"),
    "too_many_cents": ("an amount has at most two decimals", "write euros and cents, such as 1500.00"),
    "not_an_amount": ("this is not an amount", "write euros, such as 1500 or 1500.00"),
    "not_a_date": ("this is not a day", "write it as 2026-12-31 or 31. 12. 2026"),
    "impossible_date": ("there is no such day in the calendar", "correct it"),
    "date_out_of_range": ("the day lies outside {minimum} to {maximum}", "write a day between the two"),
    "not_a_choice": ("this is not one of the answers", "write one of {choices}"),
    "too_many_files": ("there are too many files", "name at most {most}"),
    "too_long": ("the text has {length} characters", "shorten it to {most}"),
    "one_line": ("the text has more than one line", "write it on one"),
    "not_an_email": ("this is not an e-mail address", "write it as name@example.org"),
    "not_a_url": ("this is not a web address", "begin it with https://"),
    "too_many_rows": ("the table has too many rows", "write at most {most}"),
    "too_few_rows": ("the table has too few rows", "write at least {least}"),
    "required": ("this is not answered", "write its value"),
}  # fmt: skip
_KINDS = {
    "boolean": "write yes or no", "table": "write rows: a list of columns and values", "choices": "write a list of answers", "file": "write a list",
    "money": "write euros, such as 1500.00",
}  # fmt: skip


def told(fact: Fact, error: FactError) -> str:
    """What is wrong, and what to do."""
    if error.code == "wrong_type":
        return f"this is of the wrong type; {_KINDS.get(fact.kind, 'write a text')}"
    says = _SAYS.get(error.code)
    if says is None:
        return str(error)
    choices = ", ".join(choice.id for choice in fact.choices)
    return "; ".join(says).format(**{**error.params, "choices": choices})


def wrong_parts(fact: Fact, value: Proven, error: FactError) -> list[tuple[tuple[str, ...], FactError]]:
    """Which of the stated and the verified value is wrong: both may be."""
    found: list[tuple[tuple[str, ...], FactError]] = []
    for key, alone in (("value", Proven(value.stated)), ("verified", Proven(None, value.verified))):
        try:
            check_fact(fact, alone)
        except FactError as own:
            if own.code != "required":
                found.append(((key,), own))
    return found or [((), error)]


def not_points(error: Exception, given: object) -> str:
    """Why a mark cannot be used."""
    return f'"{given}" is not a number; write points such as 12 or 7.5' if isinstance(error, NumberError) else str(error)
