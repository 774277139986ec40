"""Sentences for every reason and every step of an allocation, in Slovenian, Italian and English, made from codes and values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.money import euros

_BEFORE_MARK = re.compile(r" ([;,.](?:\s|$))")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w]|\.\d)")


@dataclass(frozen=True)
class Reason:
    """Why points are what they are: a stable code and the values of its sentence."""

    code: str
    params: Mapping[str, str]

    def sentence(self, language: str) -> str:
        """The sentence in one language."""
        return say(self.code, self.params, language)

    def to_data(self) -> dict[str, Any]:
        """Plain data."""
        return {"code": self.code, "params": dict(self.params)}

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> "Reason":
        """From what ``to_data()`` gave."""
        return Reason(data["code"], data["params"])


def localised(text: str, language: str) -> str:
    """Numbers of a canonical text as the language writes them: 1234.5 becomes 1.234,5 in Slovenian and Italian."""

    def one(match: re.Match[str]) -> str:
        whole, _, decimals = match[0].partition(".")
        sign = "−" if whole.startswith("-") else ""
        digits = whole.removeprefix("-")
        grouped = f"{int(digits):,}" if len(digits) > 4 or (len(digits) == 4 and decimals) else digits
        if language == "en":
            return sign + grouped + (f".{decimals}" if decimals else "")
        return sign + grouped.replace(",", ".") + (f",{decimals}" if decimals else "")

    return _NUMBER.sub(one, text)


def amount(cents: int | str, language: str) -> str:
    """Cents as people of a language write them."""
    text = euros(int(cents))
    whole, _, decimals = text.partition(".")
    grouped = f"{int(whole):,}"
    if language == "en":
        return f"{grouped}.{decimals} EUR"
    return f"{grouped.replace(',', '.')},{decimals} EUR"


def say(code: str, params: Mapping[str, str], language: str) -> str:
    """The sentence of a code. Values that end in ``_cents`` are written as money, other numbers with the language's marks."""
    texts = SENTENCES[code]
    template = texts.get(language) or texts["en"]
    values: dict[str, str] = {}
    for key, value in params.items():
        if key.endswith("_cents"):
            values[key] = amount(value, language)
        elif key.startswith("answer_"):
            values[key] = value
        else:
            values[key] = localised(value, language)
    values["answer"] = params.get(f"answer_{language}", params.get("answer_en", ""))
    # A value without a unit leaves a gap before the comma that follows it.
    return _BEFORE_MARK.sub(r"\1", " ".join(template.format_map(values).split()))


SENTENCES: dict[str, dict[str, str]] = {
    "band": {
        "sl": "Ugotovljena vrednost {value} {unit} je v razredu {band}, za katerega je določenih {points} od {maximum} točk.",
        "it": "Il valore accertato {value} {unit} rientra nella fascia {band}, per la quale sono previsti {points} punti su {maximum}.",
        "en": "The established value {value} {unit} lies in the band {band}, which gives {points} of {maximum} points.",
    },
    "gap": {
        "sl": "Ugotovljena vrednost {value} {unit} ne sodi v noben objavljeni razred, zato za to merilo ni točk (0 od {maximum}).",
        "it": "Il valore accertato {value} {unit} non rientra in alcuna fascia pubblicata, perciò il criterio non dà punti (0 su {maximum}).",
        "en": "The established value {value} {unit} falls in none of the published bands, so this criterion gives no points (0 of {maximum}).",
    },
    "no_answer": {
        "sl": "Podatek v vlogi ni naveden ali ni izkazan, zato za to merilo ni točk (0 od {maximum}).",
        "it": "Il dato non è indicato o non è comprovato nella domanda, perciò il criterio non dà punti (0 su {maximum}).",
        "en": "The application does not state or prove this fact, so this criterion gives no points (0 of {maximum}).",
    },
    "per_unit": {
        "sl": "Upoštevano: {value} {unit}; {working}, torej {points} od {maximum} točk.",
        "it": "Considerato: {value} {unit}; {working}, quindi {points} punti su {maximum}.",
        "en": "Counted: {value} {unit}; {working}, therefore {points} of {maximum} points.",
    },
    "per_unit_capped": {
        "sl": "Navedeno: {value} {unit}, po merilu se upošteva največ {counted}; {working}, zaradi zgornje meje {points} od {maximum} točk.",
        "it": "Indicato: {value} {unit}, il criterio ne considera al massimo {counted}; {working}, con il limite massimo {points} punti su {maximum}.",
        "en": "Stated: {value} {unit}, of which the criterion counts at most {counted}; {working}, by the upper limit {points} of {maximum} points.",
    },
    "choice": {
        "sl": "Izbrano: {answer}; za to je določenih {points} od {maximum} točk.",
        "it": "Scelta: {answer}; per essa sono previsti {points} punti su {maximum}.",
        "en": "Chosen: {answer}; this gives {points} of {maximum} points.",
    },
    "flag": {
        "sl": "Pogoj merila je izpolnjen: {points} od {maximum} točk.",
        "it": "Il requisito del criterio è soddisfatto: {points} punti su {maximum}.",
        "en": "What the criterion asks for is met: {points} of {maximum} points.",
    },
    "flag_off": {
        "sl": "Pogoj merila po podatkih iz vloge ni izpolnjen: 0 od {maximum} točk.",
        "it": "In base ai dati della domanda il requisito del criterio non è soddisfatto: 0 punti su {maximum}.",
        "en": "By the facts of the application, what the criterion asks for is not met: 0 of {maximum} points.",
    },
    "formula": {
        "sl": "Izračun po formuli merila: {working}, torej {points} od {maximum} točk.",
        "it": "Calcolo secondo la formula del criterio: {working}, quindi {points} punti su {maximum}.",
        "en": "Computed by the criterion's formula: {working}, therefore {points} of {maximum} points.",
    },
    "formula_capped": {
        "sl": "Izračun po formuli merila: {working}; zaradi meje merila {points} od {maximum} točk.",
        "it": "Calcolo secondo la formula del criterio: {working}; per il limite del criterio {points} punti su {maximum}.",
        "en": "Computed by the criterion's formula: {working}; by the criterion's limit {points} of {maximum} points.",
    },
    "formula_division_by_zero": {
        "sl": "Formule {formula} s podatki iz vloge ni mogoče izračunati (deljenje z nič), zato za to merilo ni točk (0 od {maximum}).",
        "it": "La formula {formula} non è calcolabile con i dati della domanda (divisione per zero), perciò il criterio non dà punti (0 su {maximum}).",
        "en": "The formula {formula} cannot be computed from the facts of the application (division by zero), so there are no points (0 of {maximum}).",
    },
    "formula_too_large": {
        "sl": "Rezultat formule {formula} presega meje računanja, zato za to merilo ni točk (0 od {maximum}).",
        "it": "Il risultato della formula {formula} supera i limiti di calcolo, perciò il criterio non dà punti (0 su {maximum}).",
        "en": "The result of the formula {formula} exceeds the limits of computation, so there are no points (0 of {maximum}).",
    },
    "formula_unknown_name": {
        "sl": "Za formulo {formula} v vlogi manjka podatek, zato za to merilo ni točk (0 od {maximum}).",
        "it": "Per la formula {formula} manca un dato nella domanda, perciò il criterio non dà punti (0 su {maximum}).",
        "en": "A fact that the formula {formula} needs is missing, so there are no points (0 of {maximum}).",
    },
    "panel": {
        "sl": "Ocena komisije: {points} od {maximum} točk (število ocen: {members}).",
        "it": "Valutazione della commissione: {points} punti su {maximum} (numero di punteggi: {members}).",
        "en": "Judged by the panel: {points} of {maximum} points (number of marks: {members}).",
    },
    "panel_agreed": {
        "sl": "Usklajena ocena komisije: {points} od {maximum} točk.",
        "it": "Valutazione concordata della commissione: {points} punti su {maximum}.",
        "en": "Agreed by the panel: {points} of {maximum} points.",
    },
    # Steps of an allocation.
    "below_threshold": {
        "sl": "Število doseženih točk je {points}, prag je {minimum}, zato vloga po objavljenih pravilih ne prejme sredstev.",
        "it": "La domanda ha ottenuto {points} punti, la soglia è {minimum}, perciò secondo le regole pubblicate non riceve fondi.",
        "en": "The application reached {points} points and the threshold is {minimum}, so by the published rules it receives nothing.",
    },
    "no_points": {
        "sl": "Vloga ni dosegla točk, zato ne prejme sredstev.",
        "it": "La domanda non ha ottenuto punti, perciò non riceve fondi.",
        "en": "The application reached no points, so it receives nothing.",
    },
    "pot": {
        "sl": "Razpisana sredstva: {amount_cents}.",
        "it": "Fondi messi a bando: {amount_cents}.",
        "en": "Published funds: {amount_cents}.",
    },
    "joined": {
        "sl": "Pred izračunom se jim je pridružil ostanek {joined_cents} iz sredstev »{answer}«, skupaj {available_cents}.",
        "it": "Prima del calcolo vi si è aggiunto il residuo di {joined_cents} dai fondi «{answer}», in totale {available_cents}.",
        "en": "Before the computation the leftover {joined_cents} of “{answer}” joined them, in all {available_cents}.",
    },
    "point_value": {
        "sl": "Vrednost točke: {available_cents} : {points_total} točk = {value} EUR.",
        "it": "Valore del punto: {available_cents} : {points_total} punti = {value} EUR.",
        "en": "Point value: {available_cents} : {points_total} points = {value} EUR.",
    },
    "product": {
        "sl": "{points} točk × {value} EUR = {product} EUR.",
        "it": "{points} punti × {value} EUR = {product} EUR.",
        "en": "{points} points × {value} EUR = {product} EUR.",
    },
    "request_share": {
        "sl": "Delež zaprošenega zneska po doseženih točkah: {requested_cents} × {points} / {maximum} = {product} EUR.",
        "it": "Quota dell'importo richiesto in base ai punti: {requested_cents} × {points} / {maximum} = {product} EUR.",
        "en": "Share of the request by points: {requested_cents} × {points} / {maximum} = {product} EUR.",
    },
    "scaled": {
        "sl": "Skupni deleži {wanted} EUR presegajo razpoložljivih {available_cents}, zato se vsi enako sorazmerno zmanjšajo: {product} EUR.",
        "it": "Le quote sommate ({wanted} EUR) superano i {available_cents} disponibili, perciò tutte sono ridotte in proporzione: {product} EUR.",
        "en": "All shares together ({wanted} EUR) exceed the available {available_cents}, so all are reduced in proportion: {product} EUR.",
    },
    "cap_request": {
        "sl": "Dodeljeni znesek ne sme presegati zaprošenega, zato je omejen na {cap_cents}.",
        "it": "L'importo assegnato non può superare quello richiesto, perciò è limitato a {cap_cents}.",
        "en": "An award may not exceed the request, so it is limited to {cap_cents}.",
    },
    "cap_amount": {
        "sl": "Najvišji znesek na vlogo je {cap_cents}, zato je dodelitev omejena nanj.",
        "it": "L'importo massimo per domanda è {cap_cents}, perciò l'assegnazione vi è limitata.",
        "en": "The highest amount for one application is {cap_cents}, so the award is limited to it.",
    },
    "cap_cost": {
        "sl": "Sofinancira se največ {share} % upravičenih stroškov, zato je dodelitev omejena na {cap_cents}.",
        "it": "Si cofinanzia al massimo il {share} % delle spese ammissibili, perciò l'assegnazione è limitata a {cap_cents}.",
        "en": "At most {share} % of the eligible costs is co-financed, so the award is limited to {cap_cents}.",
    },
    "reshared": {
        "sl": "Kar so omejitve odvzele drugim, se je po istem pravilu razdelilo naprej (prerazdelitev {passes}-krat).",
        "it": "Quanto i limiti hanno tolto ad altri è stato ripartito di nuovo con la stessa regola ({passes} volte).",
        "en": "What the limits took from others was shared again by the same rule ({passes} times).",
    },
    "minimum_dropped": {
        "sl": "Izračunani znesek je nižji od najnižjega zneska {minimum_cents}, zato se po objavljenih pravilih ne dodeli.",
        "it": "L'importo calcolato è inferiore al minimo di {minimum_cents}, perciò secondo le regole pubblicate non viene assegnato.",
        "en": "The computed amount is below the minimum of {minimum_cents}, so by the published rules it is not awarded.",
    },
    "minimum_raised": {
        "sl": "Izračunani znesek je nižji od najnižjega zneska, zato se zviša na {minimum_cents}.",
        "it": "L'importo calcolato è inferiore al minimo, perciò è elevato a {minimum_cents}.",
        "en": "The computed amount is below the minimum, so it is raised to {minimum_cents}.",
    },
    "minimum_kept": {
        "sl": "Za zvišanje drugih na najnižji znesek se najprej odšteje {raised_cents}; deli se {available_cents}.",
        "it": "Per elevare altri all'importo minimo si detraggono prima {raised_cents}; si ripartiscono {available_cents}.",
        "en": "First {raised_cents} is set aside to raise others to the minimum; {available_cents} is divided.",
    },
    "minimum_unfunded": {
        "sl": "Razpoložljiva sredstva ne zadoščajo za najnižji znesek {minimum_cents} vsem, zato ga vloge z najnižjim izračunanim zneskom ne prejmejo.",
        "it": "I fondi disponibili non bastano per dare a tutti il minimo di {minimum_cents}, perciò le domande con l'importo calcolato più basso non lo ricevono.",
        "en": "The available funds do not suffice for the minimum of {minimum_cents} for all, so the applications with the lowest computed amount do not receive it.",
    },
    "value_cut": {
        "sl": "Navzgor zaokrožena vrednost točke bi presegla razpoložljiva sredstva, zato se njene nadaljnje decimalke opustijo.",
        "it": "Il valore del punto arrotondato per eccesso supererebbe i fondi disponibili, perciò i decimali ulteriori sono troncati.",
        "en": "A point value rounded up would exceed the available funds, so its further decimals are cut.",
    },
    "rounded": {
        "sl": "Zaokroženo na {unit_cents}: {amount_cents}.",
        "it": "Arrotondato a {unit_cents}: {amount_cents}.",
        "en": "Rounded to {unit_cents}: {amount_cents}.",
    },
    "closing_unit": {
        "sl": "Pri zaključku sredstev je po pravilu največjega ostanka prejela še {unit_cents}: {amount_cents}.",
        "it": "Alla chiusura dei fondi, per la regola del resto maggiore, ha ricevuto ancora {unit_cents}: {amount_cents}.",
        "en": "When the pot was closed it received {unit_cents} more by the rule of the largest remainder: {amount_cents}.",
    },
    "taken_back": {
        "sl": "Ker bi zaokrožitev presegla razpoložljiva sredstva, se po objavljenem pravilu odvzame {unit_cents}: {amount_cents}.",
        "it": "Poiché l'arrotondamento supererebbe i fondi disponibili, per la regola pubblicata si tolgono {unit_cents}: {amount_cents}.",
        "en": "Since rounding would exceed the available funds, {unit_cents} is taken back by the published rule: {amount_cents}.",
    },
    "actual_cost": {"sl": "Izkazani stroški: {cost_cents}.", "it": "Spese comprovate: {cost_cents}.", "en": "Proven costs: {cost_cents}."},
    "costs_scaled": {
        "sl": "Izkazani stroški vseh ({wanted_cents}) presegajo razpoložljiva sredstva {available_cents}, zato se sorazmerno zmanjšajo: {product} EUR.",
        "it": "Le spese comprovate di tutti ({wanted_cents}) superano i fondi disponibili {available_cents}, perciò sono ridotte in proporzione: {product} EUR.",
        "en": "The proven costs of all ({wanted_cents}) exceed the available {available_cents}, so they are reduced in proportion: {product} EUR.",
    },
    "award": {"sl": "Dodeljeni znesek: {amount_cents}.", "it": "Importo assegnato: {amount_cents}.", "en": "Award: {amount_cents}."},
}
