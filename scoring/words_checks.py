"""What verifying, comparing and trying results says on the command line, in Slovenian, Italian and English."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.money import euros
from scoring.reasons import amount, localised

WORDS: Mapping[str, Mapping[str, str]] = {
    # verifying a published result
    "unknown_part": {
        "en": 'there is a part "{name}", and the format {format} knows none: nothing in it is checked',
        "sl": "paket ima del »{name}«, ki ga oblika {format} ne pozna: nič v njem ni preverjeno",
        "it": "c'è una parte «{name}» che il formato {format} non conosce: nulla in essa viene controllato",
    },
    "hash_part": {
        "en": 'the part "{name}" is not the one that was published: its hash differs',
        "sl": "del »{name}« ni tisti, ki je bil objavljen: njegova zgoščena vrednost je druga",
        "it": "la parte «{name}» non è quella pubblicata: la sua impronta è diversa",
    },
    "hash_whole": {
        "en": "the bundle as a whole is not the one that was published: its hash differs",
        "sl": "paket kot celota ni tisti, ki je bil objavljen: njegova zgoščena vrednost je druga",
        "it": "il pacchetto nel suo insieme non è quello pubblicato: la sua impronta è diversa",
    },
    "not_recomputed": {
        "en": "it cannot be recomputed: {cause}",
        "sl": "preračun ni mogoč: {cause}",
        "it": "il ricalcolo non è possibile: {cause}",
    },
    "wrong_kind": {
        "en": "a value in it is not of the kind that belongs there",
        "sl": "neka vrednost ni take vrste, kot sodi na svoje mesto",
        "it": "un valore non è del tipo che va in quel punto",
    },
    "carried_nowhere": {
        "en": "carried from pot {pot}: it joins none of the pots of this result",
        "sl": "preneseno iz {pot}: ne prišteje se k nobenim sredstvom tega rezultata",
        "it": "riportato da {pot}: non confluisce in alcun fondo di questo risultato",
    },
    "carried_unknown": {
        "en": "carried from pot {pot}: it is in none of the earlier results",
        "sl": "preneseno iz {pot}: v prejšnjih rezultatih teh sredstev ni",
        "it": "riportato da {pot}: non compare in alcun risultato precedente",
    },
    "carried_differs": {
        "en": "carried from pot {pot}: published {published_cents}, the earlier result left {left_cents}",
        "sl": "preneseno iz {pot}: objavljeno {published_cents}, v prejšnjem rezultatu je ostalo {left_cents}",
        "it": "riportato da {pot}: pubblicato {published_cents}, il risultato precedente ha lasciato {left_cents}",
    },
    "points_differ": {
        "en": "{who} {pot}: published {published} points, recomputed {own}",
        "sl": "{who} {pot}: objavljene točke {published}, preračunane {own}",
        "it": "{who} {pot}: punti pubblicati {published}, ricalcolati {own}",
    },
    "sheet_differs": {
        "en": "{who} {pot}: the sheet differs although its total does not",
        "sl": "{who} {pot}: seštevek točk je enak, ocenjevalni list pa ne",
        "it": "{who} {pot}: il totale coincide, la scheda di valutazione no",
    },
    "result_missing": {
        "en": "{who} {pot}: it has a sheet, but the result of its pot is missing",
        "sl": "{who} {pot}: ocenjevalni list je, rezultata teh sredstev pa ni",
        "it": "{who} {pot}: la scheda di valutazione c'è, ma manca il risultato del suo fondo",
    },
    "twice": {
        "en": "{who} {pot}: published twice",
        "sl": "{who} {pot}: objavljeno dvakrat",
        "it": "{who} {pot}: pubblicato due volte",
    },
    "no_sheet": {
        "en": "{who} {pot}: published {published_cents}, but it has no sheet",
        "sl": "{who} {pot}: objavljeno {published_cents}, ocenjevalnega lista pa ni",
        "it": "{who} {pot}: pubblicato {published_cents}, ma la scheda di valutazione non c'è",
    },
    "amount_differs": {
        "en": "{who} {pot}: published {published_cents}, recomputed {own_cents}",
        "sl": "{who} {pot}: objavljeno {published_cents}, preračunano {own_cents}",
        "it": "{who} {pot}: pubblicato {published_cents}, ricalcolato {own_cents}",
    },
    "steps_differ": {
        "en": "{who} {pot}: the amount agrees, its points or steps do not",
        "sl": "{who} {pot}: znesek se ujema, točke ali koraki izračuna pa ne",
        "it": "{who} {pot}: l'importo coincide, i punti o i passaggi no",
    },
    "not_published": {
        "en": "{who} {pot}: not published, recomputed {own_cents}",
        "sl": "{who} {pot}: ni objavljeno, preračunano {own_cents}",
        "it": "{who} {pot}: non pubblicato, ricalcolato {own_cents}",
    },
    "pot_differs": {
        "en": "pot {pot}: {name} published {published}, recomputed {own}",
        "sl": "sredstva {pot}: {name} – objavljeno {published}, preračunano {own}",
        "it": "fondo {pot}: {name} – pubblicato {published}, ricalcolato {own}",
    },
    "flow": {"en": "{cents} to {pot}", "sl": "{cents} v {pot}", "it": "{cents} a {pot}"},
    "nothing": {"en": "nothing", "sl": "nič", "it": "niente"},
    "checked": {
        "en": "{checked} awards recomputed, {number} differ",
        "sl": "preračunanih dodelitev: {checked}, razlik: {number}",
        "it": "assegnazioni ricalcolate: {checked}, differenze: {number}",
    },
    # comparing two of them
    "none": {"en": "none", "sl": "brez", "it": "nessuno"},
    "points_of": {"en": "{points} points", "sl": "{points}", "it": "{points}"},
    "differences": {"en": "{number} differences", "sl": "razlik: {number}", "it": "differenze: {number}"},
    "one_difference": {"en": "1 difference", "sl": "1 razlika", "it": "1 differenza"},
    # how stable a result is
    "without": {"en": "without the marks of {member}:", "sl": "brez ocen člana {member}:", "it": "senza i voti di {member}:"},
    "refused": {"en": "cannot be computed: {cause}", "sl": "ni mogoče izračunati: {cause}", "it": "non si può calcolare: {cause}"},
    "appears": {"en": "appears", "sl": "se pojavi", "it": "compare"},
    "vanishes": {"en": "vanishes", "sl": "izgine", "it": "scompare"},
    "changes": {"en": "changes", "sl": "se spremeni", "it": "cambia"},
    "trials": {
        "en": "{trials} trials, {awards} awards appear, vanish or change by more than {percent} %",
        "sl": "poskusov: {trials}; dodelitev, ki se pojavijo, izginejo ali spremenijo za več kot {percent} %: {awards}",
        "it": "prove: {trials}; assegnazioni che compaiono, scompaiono o cambiano di oltre il {percent} %: {awards}",
    },
}  # fmt: skip
_PARTS: Mapping[str, tuple[str, str]] = {
    "call": ("razpis", "bando"), "rulebook": ("pravilnik", "regolamento"), "facts": ("podatki", "dati"), "marks": ("ocene", "voti"),
    "agreements": ("dogovor komisije", "accordo della commissione"), "order": ("vrstni red prejema", "ordine di ricezione"),
    "lots": ("žrebi", "sorteggi"), "decided": ("zneski komisije", "importi della commissione"), "carried": ("preneseno", "riportato"),
    "owners": ("prijavitelji", "richiedenti"), "points": ("točke", "punti"), "award": ("dodelitev", "assegnazione"),
    "residual": ("ostanek", "residuo"), "sheets": ("ocenjevalni listi", "schede di valutazione"), "awards": ("dodelitve", "assegnazioni"),
    "amount": ("znesek sredstev", "importo del fondo"), "joined": ("prišteto", "confluito"), "available": ("na voljo", "disponibile"),
    "paid": ("razdeljeno", "assegnato"), "received": ("prejeto", "ricevuto"), "flows": ("odšlo naprej", "passato ad altri fondi"),
    "joined_from": ("prišteto iz", "confluito da"), "received_from": ("prejeto iz", "ricevuto da"), "points_total": ("vsota točk", "somma dei punti"),
    "point_value": ("vrednost točke", "valore del punto"), "passes": ("število krogov", "numero di passaggi"), "size": ("velikost sredstev", "dimensione del fondo"),
}  # fmt: skip


def told(code: str, language: str, **values: object) -> str:
    """One sentence; values that end in ``cents`` are written as money."""
    said = {name: money(value, language) if name.endswith("cents") and isinstance(value, int) else value for name, value in values.items()}
    return WORDS[code][language].format(**said)


def money(cents: int, language: str) -> str:
    """Cents as the command line writes them in a language."""
    return f"{euros(cents)} EUR" if language == "en" else amount(cents, language)


def figure(text: str, language: str) -> str:
    """The text of an exact number as a language writes it; ratios stay as they are."""
    return text if language == "en" or "/" in text else localised(text, language, grouped=True)


def part(name: str, language: str) -> str:
    """What a part of a result is called."""
    if language == "en" or name not in _PARTS:
        return name
    return _PARTS[name][0 if language == "sl" else 1]
