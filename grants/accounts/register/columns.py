"""The columns of a register extract: how their headers are written, and how long their values may be."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

HEADERS: dict[str, tuple[str, ...]] = {
    "registration_number": ("MATICNA", "MATICNA_STEVILKA", "MS"),
    "tax_number": ("DAVCNA", "DAVCNA_STEVILKA", "DS", "ID_DDV"),
    "name": ("POPOLNO_IME", "IME", "NAZIV"),
    "short_name": ("KRATKO_IME",),
    "form": ("PRAVNA_OBLIKA", "PRAVNOORGANIZACIJSKA_OBLIKA", "OBLIKA", "PRAV_ORG_OBLIKA"),
    "municipality_code": ("OBCINA_SIF", "SIFRA_OBCINE"),
    "municipality": ("OBCINA",),
    "settlement": ("NASELJE",),
    "street": ("ULICA",),
    "house_number": ("ULICA_HS", "HS", "HISNA_STEVILKA"),
    "house_letter": ("ULICA_HS_D", "HSD", "HS_D"),
    "postcode": ("POSTNA_STEVILKA", "POSTA_SIF"),
    "place": ("POSTNI_KRAJ", "POSTA"),
    "activity_codes": ("SKD", "SKD_SIF", "DEJAVNOST", "DEJAVNOSTI", "GLAVNA_DEJAVNOST"),
    "representatives": ("ZASTOPNIKI", "ZASTOPNIK"),
}
"""What we keep, and the headers under which extracts have it, the usual one first."""

NEEDED = ("registration_number", "name")
KEPT = (
    "registration_number", "tax_number", "name", "short_name", "form", "municipality_code", "municipality", "settlement", "street", "postcode",
    "place", "activity_codes", "representatives",
)  # fmt: skip
"""The columns of our table, in the order in which a unit is handed on."""
LONGEST = (10, 8, 250, 140, 120, 3, 80, 80, 120, 10, 80, 200, 2000)


class UnknownColumns(ValueError):
    """The file is no extract that we can read: the message says which columns it lacks and which it has."""


def positions(header: Sequence[str], own: Mapping[str, str]) -> dict[str, int]:
    """Where each of our columns stands. `own` names the header of a column that an extract writes in its own way."""
    written = {plain(title): place for place, title in reversed(list(enumerate(header)))}
    if unknown := sorted(set(own) - set(HEADERS)):
        raise UnknownColumns(f"there is no column {', '.join(unknown)} to fill; there are {', '.join(HEADERS)}")
    if absent := [title for title in own.values() if plain(title) not in written]:
        raise UnknownColumns(f"the file has no column {', '.join(absent)}; it has {', '.join(header)}")
    found = {}
    for name, titles in HEADERS.items():
        for title in (own[name],) if name in own else titles:
            if plain(title) in written:
                found[name] = written[plain(title)]
                break
    if lacking := [HEADERS[name][0] for name in NEEDED if name not in found]:
        raise UnknownColumns(f"the first line names no column {' and '.join(lacking)}; it has {', '.join(header)[:300] or 'nothing'}")
    return found


def plain(title: str) -> str:
    """A header without accents, in capitals, with one sign between words: "Matična številka" -> MATICNA_STEVILKA."""
    letters = unicodedata.normalize("NFKD", title.strip().strip('"').upper())
    return "_".join("".join(c if c.isascii() and c.isalnum() else "" if unicodedata.combining(c) else " " for c in letters).split())
