"""A real rulebook played with invented clubs: Koper 2017, with the published gaps in its bands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from grants.base.clock import parse_local
from grants.demo import chain
from grants.demo.stage import Person, Stage

RULEBOOK = "koper-sport-promotion-2017"

# name, programme value, years, spectators, request: two clubs fall into the published gaps, one stays below the threshold.
CLUBS = (
    ("Košarkarski klub Burja", "1.240.000,00", "41", "620", "28.000,00"),
    ("Rokometni klub Solinar", "860.500,00", "33", "540", "22.500,00"),
    ("Nogometni klub Bonaca", "512.300,00", "57", "510", "18.000,00"),
    ("Odbojkarski klub Val", "499.400,00", "28", "505", "12.000,00"),
    ("Veslaški klub Sidro", "187.900,00", "64", "180", "9.000,00"),
    ("Jadralni klub Maestral", "96.200,00", "12", "40", "6.500,00"),
    ("Vaterpolski klub Delfin", "1.002.750,50", "19", "830", "15.000,00"),
)

DETAILS: dict[str, Any] = {
    "reference": "671-3/2017",
    "title": {
        "sl": "Javni razpis za sofinanciranje promocije športnih društev in klubov v letu 2017",
        "it": "Bando pubblico per il cofinanziamento della promozione delle associazioni e dei club sportivi nel 2017",
        "en": "Public call for co-financing the promotion of sports associations and clubs in 2017",
    },
    "area": "sport", "regime": "sport", "kind": "razpis", "languages": ["sl", "it"], "budget_line": "671301",
    "opens_at": parse_local("2017-03-20T08:00:00"), "closes_at": parse_local("2017-04-20T12:00:00"), "opening_at": parse_local("2017-04-21T09:00:00"),
    "decisions_due": date(2017, 6, 30),
    "content": {
        "grantor": {"sl": "Prikaz pravilnika Mestne občine Koper z izmišljenimi klubi; objavlja Občina Obala.", "it": "Dimostrazione del regolamento del Comune città di Capodistria con club inventati; pubblica il Comune di Obala."},
        "legal_basis": {"sl": "Pravilnik o sofinanciranju promocije športnih društev in klubov (Uradni list RS, št. 20/13).", "it": "Regolamento sul cofinanziamento della promozione delle associazioni e dei club sportivi (Gazzetta Ufficiale RS n. 20/13)."},
        "subject": {"sl": "Sofinanciranje promocije športnih društev in klubov.", "it": "Cofinanziamento della promozione delle associazioni e dei club sportivi."},
        "conditions_and_criteria": {"sl": "Tri objavljena merila z razredi; prag je 70 od 100 točk. Vrzeli med razredi so ohranjene.", "it": "Tre criteri pubblicati con fasce; la soglia è di 70 punti su 100. Le lacune tra le fasce sono conservate."},
        "amount": {"sl": "60.000,00 EUR (naša izbira za prikaz).", "it": "60.000,00 EUR (nostra scelta dimostrativa)."},
        "financing": {"sl": "Vrednost točke med tistimi, ki dosežejo prag; največ zaprošeni znesek. Pravilo v prebranem besedilu ni objavljeno in je naša izbira.", "it": "Valore del punto tra coloro che raggiungono la soglia; al massimo l'importo richiesto. La regola non figura nel testo letto ed è una nostra scelta."},
        "how_to_apply": {"sl": "Vloga se odda na tem portalu do objavljene sekunde.", "it": "La domanda si presenta su questo portale entro il secondo pubblicato."},
        "selection": {"sl": "Vloge odpre in oceni komisija; o dodelitvi odloči občinska uprava.", "it": "Le domande sono aperte e valutate dalla commissione; decide l'amministrazione comunale."},
        "drawing_period": {"sl": "Od junija do decembra 2017.", "it": "Da giugno a dicembre 2017."},
        "documentation": {"sl": "Na tem portalu, brez prijave.", "it": "Su questo portale, senza accesso."},
        "contact": {"sl": "Občinska uprava, razpisi@obala.example", "it": "Amministrazione comunale, razpisi@obala.example"},
    },
}  # fmt: skip


def play(stage: Stage, on_each: Callable[[], None]) -> dict[str, Any]:
    """The whole call, from its publication to its decisions."""
    stage.at("2017-02-01T09:00:00")
    owners = [Person(f"klub-{n}@obala.example", f"{first} {last}", "sl") for n, (first, last) in enumerate(NAMES, 1)]
    stage.invite(tuple(owners))
    organisations = [
        stage.organisation(
            owner, name=club[0], seed=700 + n, form="association", street=f"Nabrežje {n}", place="Obala", postcode="6399", language="sl"
        )
        for n, (club, owner) in enumerate(zip(CLUBS, owners, strict=True), 1)
    ]
    stage.at("2017-03-17T08:00:00")
    accepted = "Razredi so povzeti po objavljenem razpisu, tudi z vrzelmi; pravilnika ne spreminjamo."
    call_id = chain.publish(stage, RULEBOOK, DETAILS, accepted=accepted)
    stage.at("2017-04-03T18:00:00")
    for (_, value, years, spectators, request), owner, organisation in zip(CLUBS, owners, organisations, strict=True):
        answers = {
            "registered": "y",
            "prior_selection": "y",
            "programme_value": value,
            "tradition_years": years,
            "spectators": spectators,
            "requested": request,
        }
        chain.apply(stage, call_id, "promotion", organisation, answers, owner)
        on_each()
    chain.close_and_open(stage, call_id, "2017-04-20T12:00:01", "2017-04-21T09:00:00")
    chain.appoint(stage, call_id, order_number="671-3/2017-2")
    stage.at("2017-05-08T16:00:00")
    evaluation_id = chain.start(stage, call_id, "promotion")
    chain.conclude(stage, evaluation_id, lambda _a, _c: (None, {}), date(2017, 5, 8))
    stage.at("2017-05-15T09:00:00")
    proposal = chain.prepare(stage, call_id, ["promotion"])
    chain.adopt_and_issue(stage, proposal)
    return {"call_id": call_id, "name": RULEBOOK, "proposals": [proposal], "compare": False}


NAMES = (
    ("Dejan", "Furlan"),
    ("Suzana", "Krmac"),
    ("Valter", "Babič"),
    ("Neva", "Jerman"),
    ("Zoran", "Hrvatin"),
    ("Elena", "Bertok"),
    ("Aljaž", "Kocjančič"),
)
