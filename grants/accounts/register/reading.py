"""Reads a register extract line by line: whatever its separator and encoding, every row is a unit or says what is wrong with it."""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import gt, itemgetter
from pathlib import Path

from stdnum import exceptions
from stdnum.si import ddv, maticna

from grants.accounts.register.columns import HEADERS, KEPT, LONGEST, UnknownColumns, positions

SEPARATORS = (";", ",", "\t", "|")
MOST_BAD = 50_000
"""With more of them a file is not read to its end, so that memory stays small whatever it is."""
_CHUNK = 1 << 20
Unit = tuple[str, ...]
"""A unit as columns.KEPT orders it."""
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f\s]+")
_SEVERAL = re.compile(r"[;,|\n]")


class UnreadableExtract(ValueError):
    """The file as a whole cannot be read; nothing of it was kept."""


@dataclass(frozen=True)
class BadRow:
    """One row that was left out: its line in the file, and why."""

    line: int
    why: str


@dataclass
class Extract:
    """A file that is known to be text, with its separator and the places of its columns."""

    path: Path
    encoding: str
    separator: str
    places: Mapping[str, int]
    width: int
    sha256: str
    bad: list[BadRow] = field(default_factory=list)

    @property
    def first_bad(self) -> str:
        """The first row that was left out, for a message about all of them."""
        return f"the first one: line {self.bad[0].line} {self.bad[0].why}"

    def units(self) -> Iterator[Unit]:
        """The units one after the other; the rows that are none are noted in `bad`. Written for speed: it runs 290,000 times."""
        seen = _Seen()
        # A column that the file lacks is read from an empty one behind the last.
        pick = itemgetter(*(self.places.get(name, self.width) for name in HEADERS))
        with self.path.open(encoding=self.encoding, newline="") as handle:
            rows = csv.reader(handle, delimiter=self.separator)
            try:
                next(rows)
                for row in rows:
                    if not any(row):
                        continue
                    try:
                        if len(row) != self.width:
                            raise ValueError(f"has {len(row)} columns, the first line has {self.width}")
                        row.append("")
                        unit = _unit(pick(row))
                        seen.first_time(unit[0])
                    except ValueError as wrong:
                        self.bad.append(BadRow(rows.line_num, str(wrong)))
                        if len(self.bad) > MOST_BAD:
                            raise UnreadableExtract(f"more than {MOST_BAD} rows are bad; {self.first_bad}") from None
                    else:
                        yield unit
            except csv.Error as error:
                raise UnreadableExtract(f"line {rows.line_num} cannot be read as CSV: {error}. Is a quotation mark left open?") from error


def _unit(said: tuple[str, ...]) -> Unit:
    several = said[13], said[14]
    text = "|".join(said)
    if text.isprintable() and "  " not in text:
        said = tuple([one.strip() for one in said])
    else:
        said = tuple([_NO_TEXT.sub(" ", one).strip() for one in said])
    number, tax, name, short, form, code, municipality, settlement, street, house, letter, postcode, place, _skd, _people = said
    if not name:
        raise ValueError("has no name")
    # Where a settlement has no streets its houses are numbered by the settlement.
    street, house = street or settlement, house + letter
    unit = (
        _registration_number(number), _tax_number(tax), name, short, form, code.zfill(3) if code else "", municipality, settlement,
        f"{street} {house}" if street and house else street or house, postcode, place, _lines(several[0]), _lines(several[1]),
    )  # fmt: skip
    if any(map(gt, map(len, unit), LONGEST)):
        wrong = next(name for name, value, most in zip(KEPT, unit, LONGEST, strict=True) if len(value) > most)
        raise ValueError(f"{wrong} is longer than the {LONGEST[KEPT.index(wrong)]} characters that are kept")
    return unit


def look_at(path: Path, own: Mapping[str, str] | None = None) -> Extract:
    """Make sure that a file is a register extract before anything is changed. Reads it once, a piece at a time."""
    encoding, digest = _encoding(path)
    with path.open(encoding=encoding, newline="") as handle:
        first = handle.readline(100_000)
    if not first.strip():
        raise UnreadableExtract("its first line is empty; an extract begins with the names of its columns")
    faults = []
    for separator in sorted(SEPARATORS, key=first.count, reverse=True):
        try:
            header = next(csv.reader([first], delimiter=separator), [])
            return Extract(path, encoding, separator, positions(header, own or {}), len(header), digest)
        except (UnknownColumns, csv.Error) as fault:
            faults.append(str(fault))
    raise UnreadableExtract(faults[0])


def _encoding(path: Path) -> tuple[str, str]:
    """UTF-8, or the Windows encoding of Central Europe in which the register was given out for long; and the file's SHA-256."""
    readers = {"utf-8-sig": codecs.getincrementaldecoder("utf-8")(), "cp1250": codecs.getincrementaldecoder("cp1250")()}
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if b"\0" in chunk:
                raise UnreadableExtract("it is not a text file. Save the extract as CSV in UTF-8 first")
            for encoding, reader in list(readers.items()):
                try:
                    reader.decode(chunk)
                except UnicodeDecodeError:
                    del readers[encoding]
    if not size:
        raise UnreadableExtract("it is empty")
    for encoding, reader in readers.items():
        try:
            reader.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding, digest.hexdigest()
    raise UnreadableExtract("it is neither in UTF-8 nor in Windows-1250. Save the extract as CSV in UTF-8 first")


class _Seen:
    """Which numbers have occurred: one bit for each of the ten million that there can be, so that memory stays small."""

    def __init__(self) -> None:
        self.seats = bytearray(10_000_000 // 8)
        self.others: set[str] = set()

    def first_time(self, number: str) -> None:
        if len(number) == 7:
            place, bit = divmod(int(number), 8)
            known = self.seats[place] >> bit & 1
            self.seats[place] |= 1 << bit
        else:
            known = number in self.others
            self.others.add(number)
        if known:
            raise ValueError(f"registration number {number} occurs a second time")


def _registration_number(text: str) -> str:
    if len(text) == 10 and text.isascii() and text.isdigit() and text.endswith("000"):
        text = text[:7]
    if len(text) == 7 and text.isascii() and text.isdigit():  # the usual way, without the detours of the library
        a, b, c, d, e, f, check = map(int, text)
        rest = -(7 * a + 6 * b + 5 * c + 4 * d + 3 * e + 2 * f) % 11
        if rest and rest % 10 == check:
            return text
    if not text:
        raise ValueError("has no registration number")
    # Spreadsheets take the zeros away that stand in front.
    padded = text.zfill(7) if len(text) < 7 else text.zfill(10) if len(text) in (8, 9) else text
    try:
        return str(maticna.validate(padded))
    except exceptions.ValidationError:
        raise ValueError(f"registration number {text[:20]} cannot be right") from None


def _tax_number(text: str) -> str:
    if not text:
        return ""
    if len(text) == 8 and text.isascii() and text.isdigit():
        a, b, c, d, e, f, g, check = map(int, text)
        rest = 11 - (8 * a + 7 * b + 6 * c + 5 * d + 4 * e + 3 * f + 2 * g) % 11
        if a and rest != 11 and rest % 10 == check:
            return text
    try:
        return str(ddv.validate(text))
    except exceptions.ValidationError:
        raise ValueError(f"tax number {text[:20]} cannot be right") from None


def _lines(text: str) -> str:
    """Several values one to a line."""
    text = text.strip()
    if text.isprintable() and not _SEVERAL.search(text):
        return text
    return "\n".join(_NO_TEXT.sub(" ", one).strip() for one in _SEVERAL.split(text) if one.strip())
