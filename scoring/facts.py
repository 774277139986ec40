"""Facts: from what somebody wrote to a typed value, or to a refusal with a code that a page can say in its language."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Any

from scoring.money import NumberError, cents_from_euros, number, number_text, whole_cents
from scoring.questions import Fact

_DAY = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})\.?", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_GAPS = ".'\u2019 \u00a0\u2009\u202f"  # what people and spreadsheets put between thousands
_GROUPED = re.compile(rf"-?[1-9]\d{{0,2}}([{_GAPS}]\d{{3}})+(,\d*)?", re.ASCII)
_ENGLISH = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", re.ASCII)
# Signs that turn the direction of a text can make a name or a sentence look like another one.
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""Control signs but for newline and tab, halves of letters, and signs that turn the direction of writing."""
_EMAIL = re.compile(r"[^@\s<>()\[\],;:\\\"]+@[^@\s<>()\[\],;:\\\"]+\.[^@\s<>()\[\],;:\\\".]{2,}")
_URL = re.compile(r"https?://[^\s<>\"]+\.[^\s<>\"]+")
# Larger numbers are a slip of the hand; databases and spreadsheets could not hold them exactly.
LARGEST = 10**12
LONGEST = {"text": 250, "email": 254, "url": 500, "longtext": 5000}


class FactError(ValueError):
    """A value that a fact cannot have. ``code`` is a stable slug, ``params`` the values for its message."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code.replace("_", " ") + (f" ({', '.join(f'{key} {value}' for key, value in params.items())})" if params else ""))
        self.code = code
        self.params = {key: str(value) for key, value in params.items()}


class RowsError(FactError):
    """Errors in the rows of a table: ``rows[(index, column id)]`` is the error of one cell."""

    def __init__(self, rows: Mapping[tuple[int, str], FactError]) -> None:
        super().__init__("rows", count=len(rows))
        self.rows = dict(rows)


class Missing(Enum):
    """What was not given at all, beside None: that nothing is there."""

    MISSING = "missing"


MISSING = Missing.MISSING


@dataclass(frozen=True, slots=True)
class Proven:
    """A value with what the office found out about it.

    ``verified`` is the value that counts instead of the stated one; ``proven`` says whether a proof was given (None: nobody asked).
    ``on`` is an ISO day, ``source`` where the verified value comes from, e.g. a register; ``reason`` says why, in each language.
    """

    stated: Any
    verified: Any = MISSING
    proven: bool | None = None
    verifier: str = ""
    on: str = ""
    source: str = ""
    reason: Mapping[str, str] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        """Plain data; the keys ``verified`` and ``reason`` are there only when a value was verified and a reason was given."""
        reason = {"reason": dict(self.reason)} if self.reason else {}
        verified = {} if self.verified is MISSING else {"verified": data_of(self.verified)}
        return {
            "stated": data_of(self.stated), **verified,
            "proven": self.proven, "by": self.verifier, "on": self.on, "source": self.source, **reason,
        }  # fmt: skip

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> "Proven":
        """From what ``to_data()`` gave."""
        return Proven(
            value_from_data(data["stated"]), value_from_data(data.get("verified", MISSING)), data.get("proven"),
            data.get("by", ""), data.get("on", ""), data.get("source", ""), data.get("reason", {}),
        )  # fmt: skip


def effective(fact: Fact, value: Any) -> Any:
    """The value that counts: the verified one, else the stated one; None when it is not proven and the rules give nothing for that."""
    if type(value) is not Proven:
        return value
    if value.proven is False and fact.unproven == "nothing":
        return None
    return value.stated if value.verified is MISSING else value.verified


def data_of(value: Any) -> Any:
    """A typed value of a fact as plain data: a ``Proven`` becomes keys and values, also in the cells of a table."""
    if isinstance(value, Proven):
        return value.to_data()
    if isinstance(value, list | tuple):
        return [{key: data_of(cell) for key, cell in row.items()} if isinstance(row, Mapping) else row for row in value]
    return value


def value_from_data(value: Any) -> Any:
    """A typed value from what ``data_of`` gave."""
    if isinstance(value, Mapping):
        return Proven.from_data(value)
    if isinstance(value, list):
        return [{key: value_from_data(cell) for key, cell in row.items()} if isinstance(row, Mapping) else row for row in value]
    return value


def clean_text(raw: str) -> str:
    """A text as it is kept and counted: NFC, one kind of newline (which counts as one character), no control signs."""
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n"))
    return _NO_TEXT.sub("", text).strip()


def plain_number(raw: str) -> str:
    """A number as people of this coast write it (1.234,56 or 1234.56 or 1 234,56) as ``1234.56``."""
    text = raw.strip().replace("−", "-").removesuffix("EUR").removesuffix("€").removeprefix("€").strip()
    if _GROUPED.fullmatch(text):
        return re.sub(f"[{_GAPS}]", "", text).replace(",", ".")
    if _ENGLISH.fullmatch(text) and "." in text:
        return text.replace(",", "")
    return text.replace(",", ".")


def check_fact(fact: Fact, raw: Any) -> Any:
    """The typed value of one answer, or None when nothing was answered and nothing is required. Raises ``FactError``.

    Of a ``Proven`` both values are checked; what an office verified need not keep the limits that the form sets for answers.
    """
    if isinstance(raw, Proven):
        return _proven(fact, raw)
    if raw is None or raw == "" or raw == [] or (isinstance(raw, str) and not raw.strip()):
        if fact.required:  # a required yes-or-no question must be answered, either way
            raise FactError("required")
        return False if fact.kind == "boolean" else None
    match fact.kind:
        case "integer" | "decimal":
            return _number(fact, raw)
        case "money":
            return _money(fact, raw)
        case "date":
            return _date(fact, raw)
        case "boolean":
            return _boolean(fact, raw)
        case "choice":
            return _choice(fact, raw)
        case "choices":
            if not isinstance(raw, Sequence) or isinstance(raw, str):
                raise FactError("wrong_type")
            chosen = {_choice(fact, one) for one in raw}
            return [choice.id for choice in fact.choices if choice.id in chosen]
        case "table":
            return _table(fact, raw)
        case "file":
            if not isinstance(raw, Sequence) or isinstance(raw, str):
                raise FactError("wrong_type")
            if len(raw) > fact.max_files:
                raise FactError("too_many_files", most=fact.max_files)
            return list(raw)
    return _text(fact, raw)


def check_facts(facts: Sequence[Fact], answers: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, FactError]]:
    """All values of a form and all errors, by fact id."""
    values: dict[str, Any] = {}
    errors: dict[str, FactError] = {}
    for fact in facts:
        try:
            values[fact.id] = check_fact(fact, answers.get(fact.id))
        except FactError as error:
            errors[fact.id] = error
    return values, errors


def _proven(fact: Fact, raw: Proven) -> Proven:
    free = fact.model_copy(update={"required": False})
    stated = check_fact(free if raw.verified is not MISSING else fact, raw.stated)
    if raw.verified is MISSING:
        return replace(raw, stated=stated)
    unlimited = free.model_copy(update={"minimum": None, "maximum": None, "min_rows": 0})
    return replace(raw, stated=stated, verified=check_fact(unlimited, raw.verified))


def _number(fact: Fact, raw: Any) -> int | str:
    try:
        value = number(plain_number(raw) if isinstance(raw, str) else raw)
        if isinstance(raw, str) and "/" in raw:
            raise NumberError("not_a_number", raw)
    except NumberError:
        raise FactError("not_a_whole_number" if fact.kind == "integer" else "not_a_number") from None
    if fact.kind == "integer":
        if value.denominator != 1:
            raise FactError("not_a_whole_number")
    elif (value * 10**fact.decimals).denominator != 1:
        raise FactError("too_many_decimals", decimals=fact.decimals)
    _in_range(fact, value)
    return int(value) if fact.kind == "integer" else number_text(value)


def _money(fact: Fact, raw: Any) -> int:
    if isinstance(raw, bool | float):
        raise FactError("wrong_type")
    if isinstance(raw, int):
        cents = raw
    else:
        try:
            cents = cents_from_euros(plain_number(str(raw)))
        except NumberError as error:
            raise FactError("too_many_cents" if error.code == "too_many_decimals" else "not_an_amount") from None
    _in_range(fact, Fraction(cents, 100))
    return cents


def _in_range(fact: Fact, value: Fraction) -> None:
    if value < 0 and (fact.minimum is None or number(fact.minimum) >= 0):
        raise FactError("negative")
    if fact.minimum is not None and value < number(fact.minimum):
        raise FactError("below_minimum", minimum=fact.minimum)
    if fact.maximum is not None and value > number(fact.maximum):
        raise FactError("above_maximum", maximum=fact.maximum)
    if abs(value) > LARGEST:
        raise FactError("above_maximum", maximum=LARGEST)


def _date(fact: Fact, raw: Any) -> str:
    text = str(raw).strip()
    day = _DAY.fullmatch(text)
    iso = _ISO.fullmatch(text)
    if day:
        year, month, number_of_day = int(day[3]), int(day[2]), int(day[1])
    elif iso:
        year, month, number_of_day = int(iso[1]), int(iso[2]), int(iso[3])
    else:
        raise FactError("not_a_date")
    try:
        value = date(year, month, number_of_day).isoformat()
    except ValueError:
        raise FactError("impossible_date") from None
    if (fact.minimum and value < fact.minimum) or (fact.maximum and value > fact.maximum) or not "1800" <= value < "2200":
        raise FactError("date_out_of_range", minimum=fact.minimum or "1800-01-01", maximum=fact.maximum or "2199-12-31")
    return value


def _boolean(fact: Fact, raw: Any) -> bool:
    if isinstance(raw, bool):
        value = raw
    elif str(raw).strip().lower() in ("true", "yes", "y", "1", "on", "da", "sì", "si"):
        value = True
    elif str(raw).strip().lower() in ("false", "no", "n", "0", "off", "ne"):
        value = False
    else:
        raise FactError("wrong_type")
    return value


def _choice(fact: Fact, raw: Any) -> str:
    if not isinstance(raw, str) or raw not in {choice.id for choice in fact.choices}:
        raise FactError("not_a_choice")
    return raw


def _text(fact: Fact, raw: Any) -> str | None:
    if not isinstance(raw, str):
        raise FactError("wrong_type")
    text = clean_text(raw)
    if not text:
        if fact.required:
            raise FactError("required")
        return None
    most = fact.max_length or LONGEST[fact.kind]
    if len(text) > most:
        raise FactError("too_long", most=most, length=len(text), over=len(text) - most)
    if fact.kind != "longtext" and "\n" in text:
        raise FactError("one_line")
    if fact.kind == "email" and not _EMAIL.fullmatch(text):
        raise FactError("not_an_email")
    if fact.kind == "url" and not _URL.fullmatch(text):
        raise FactError("not_a_url")
    return text


def _table(fact: Fact, raw: Any) -> list[dict[str, Any]]:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or not all(isinstance(row, Mapping) for row in raw):
        raise FactError("wrong_type")
    # A row in which nothing was written does not count; a zero is something, and errors keep the number of the row.
    rows = [
        (index, row)
        for index, row in enumerate(raw)
        if any(value not in ("", []) and value is not None and value is not False for value in row.values())
    ]
    if len(rows) > fact.max_rows:
        raise FactError("too_many_rows", most=fact.max_rows)
    if len(rows) < max(fact.min_rows, 1 if fact.required else 0):
        raise FactError("too_few_rows" if fact.min_rows > 1 else "required", least=max(fact.min_rows, 1))
    values: list[dict[str, Any]] = []
    errors: dict[tuple[int, str], FactError] = {}
    for index, row in rows:
        cells, wrong = check_facts(fact.columns, row)
        values.append(cells)
        errors |= {(index, column): error for column, error in wrong.items()}
    if errors:
        raise RowsError(errors)
    return values


def exact_value(fact: Fact, value: Any) -> Fraction | None:
    """The number that a formula or a band sees: euros for money, 1 or 0 for yes or no. None when there is no number.

    Raises ``FactError`` (``wrong_type``) for what ``check_fact`` would never give: a float is not quietly cut to cents.
    """
    value = effective(fact, value)
    if value is None:
        return None
    try:
        match fact.kind:
            case "money":
                return Fraction(whole_cents(value), 100)
            case "boolean":
                return Fraction(int(bool(value)))
            case "integer" | "decimal":
                return number(value)
    except NumberError:
        raise FactError("wrong_type", fact=fact.id) from None
    if fact.kind in ("table", "choices", "file"):
        if not isinstance(value, list | tuple):
            raise FactError("wrong_type", fact=fact.id)
        return Fraction(len(value))
    return None
