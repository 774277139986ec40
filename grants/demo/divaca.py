"""The replay of a real call: Divača 2020, tourism associations, through the product's own actions.
Names and amounts are as published; the points are inferred from the amounts, and every page and decision says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import yaml

from grants.applications.models import Application
from grants.config import resource
from grants.decisions.models import Proposal
from grants.demo import chain
from grants.demo.stage import PANEL, Person, Stage
from scoring.judging import Criterion
from scoring.money import cents_from_euros, euros

RULEBOOK = "divaca-tourism-2020"
PRESIDENTS = (
    "Nataša Premrl", "Bogdan Žnidarčič", "Alenka Škapin", "Matjaž Mahne", "Irena Cergol", "Vojko Fonda", "Tatjana Gombač",
    "Borut Peric", "Jan Magajna",
)  # fmt: skip
ACTIVITIES = (
    ("Vodeni ogledi in urejanje poti", "2020-04-18", "120"),
    ("Prireditev ob občinskem prazniku", "2020-06-20", "350"),
    ("Delavnice za otroke in odrasle", "2020-09-12", "60"),
)

DETAILS: dict[str, Any] = {
    "reference": "322-4/2020",
    "title": {
        "sl": "Javni razpis za sofinanciranje programov društev s področja turizma v občini Divača za leto 2020",
        "it": "Bando pubblico per il cofinanziamento dei programmi delle associazioni turistiche nel comune di Divača per il 2020",
        "en": "Public call for co-financing programmes of tourism associations in the municipality of Divača for 2020",
    },
    "area": "tourism", "regime": "general", "kind": "razpis", "languages": ["sl", "it"], "budget_line": "14030504",
    "decisions_due": date(2020, 12, 31),
    "content": {
        "grantor": {"sl": "Občina Divača, Kolodvorska ulica 3a, 6215 Divača (ponovitev resničnega razpisa iz javnih podatkov)", "it": "Comune di Divača, Kolodvorska ulica 3a, 6215 Divača (ripetizione di un bando reale da dati pubblici)"},
        "legal_basis": {"sl": "Pravilnik o sofinanciranju programov društev s področja turizma v občini Divača (UGSO 11/2016).", "it": "Regolamento sul cofinanziamento dei programmi delle associazioni turistiche nel comune di Divača (UGSO 11/2016)."},
        "subject": {"sl": "Sofinanciranje redne dejavnosti in neprogramskih stroškov turističnih društev v letu 2020.", "it": "Cofinanziamento dell'attività regolare e delle spese non legate ai programmi delle associazioni turistiche nel 2020."},
        "conditions_and_criteria": {"sl": "Društva, ki delujejo na področju turizma v občini Divača. Preglednica meril v prebranih virih ni objavljena; točke so izpeljane iz objavljenih zneskov.", "it": "Associazioni che operano nel turismo nel comune di Divača. La tabella dei criteri non è pubblicata nelle fonti lette; i punti sono dedotti dagli importi pubblicati."},
        "amount": {"sl": "Redna dejavnost 10.800,00 EUR (I. krog 5.800,00 EUR, II. krog 5.000,00 EUR), neprogramski stroški 2.000,00 EUR.", "it": "Attività regolare 10.800,00 EUR (I turno 5.800,00 EUR, II turno 5.000,00 EUR), spese non legate ai programmi 2.000,00 EUR."},
        "financing": {"sl": "Redna dejavnost po vrednosti točke, neprogramski stroški po izkazanih stroških. Neporabljeni neprogramski stroški se prenesejo v II. krog.", "it": "Attività regolare secondo il valore del punto, spese non legate ai programmi secondo le spese comprovate. Le spese non utilizzate passano al II turno."},
        "how_to_apply": {"sl": "Vloga se odda na tem portalu do objavljene sekunde.", "it": "La domanda si presenta su questo portale entro il secondo pubblicato."},
        "selection": {"sl": "Vloge odpre in oceni komisija, o dodelitvi odloči župan na njen predlog.", "it": "Le domande sono aperte e valutate dalla commissione; sull'assegnazione decide il sindaco su sua proposta."},
        "drawing_period": {"sl": "Od januarja do decembra 2020.", "it": "Da gennaio a dicembre 2020."},
        "documentation": {"sl": "Na tem portalu, brez prijave.", "it": "Su questo portale, senza accesso."},
        "contact": {"sl": "Občinska uprava, razpisi@obala.example", "it": "Amministrazione comunale, razpisi@obala.example"},
    },
}  # fmt: skip


def published() -> dict[str, list[dict[str, str]]]:
    """Names, amounts and inferred points by pot."""
    text = (resource("rulebooks") / RULEBOOK / "published.yaml").read_text(encoding="utf-8")
    loaded: dict[str, list[dict[str, str]]] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - texts only
    return loaded


def play(stage: Stage, on_each: Callable[[], None]) -> dict[str, Any]:
    """The whole call, from its publication to two rounds of decisions; gives what the summary prints."""
    rows = published()
    names = [row["name"] for row in rows["operating.I"]]
    owners = [Person(f"divaca-{n}@obala.example", president, "sl") for n, president in enumerate(PRESIDENTS, 1)]
    stage.at("2020-02-03T09:00:00")
    stage.invite(tuple(owners))
    organisations = {
        name: stage.organisation(
            owner, name=name, seed=500 + n, form="association", street=f"Kraška cesta {n}", place="Divača", postcode="6215", language="sl"
        )
        for n, (name, owner) in enumerate(zip(names, owners, strict=True), 1)
    }
    by_name = dict(zip(names, owners, strict=True))
    stage.at("2020-03-02T08:00:00")
    times = {"opens_at": _at("2020-03-02T09:00:00"), "closes_at": _at("2020-04-01T12:00:00"), "opening_at": _at("2020-04-02T10:00:00")}
    accepted = "Objavljeni pravilnik ne omejuje zneskov in ne objavlja preglednice meril; ponovitev ga ne dopolnjuje."
    call_id = chain.publish(stage, RULEBOOK, {**DETAILS, **times}, accepted=accepted)
    stage.at("2020-03-10T18:00:00")
    for n, name in enumerate(names):
        chain.apply(stage, call_id, "operating", organisations[name], _programme(by_name[name], n), by_name[name])
        on_each()
    for row in rows["non_programme_costs"]:
        answers = {
            "cost_rows": [{"invoice": "Računi društva za leto 2020", "amount": row["amount"].replace(".", ",")}],
            "costs": row["amount"].replace(".", ","),
            "truthful": "y",
        }
        chain.apply(stage, call_id, "non_programme", organisations[row["name"]], answers, by_name[row["name"]])
        on_each()
    chain.close_and_open(stage, call_id, "2020-04-01T12:00:01", "2020-04-02T10:00:00")
    chain.appoint(stage, call_id, order_number="322-4/2020-2")
    stage.at("2020-07-06T16:00:00")
    _score(stage, call_id, "operating.I", rows, date(2020, 7, 8), on_each)
    stage.at("2020-07-10T09:00:00")
    first = chain.prepare(stage, call_id, ["operating.I"])
    chain.adopt_and_issue(stage, first)
    stage.at("2020-12-01T16:00:00")
    costs = chain.start(stage, call_id, "non_programme_costs")
    chain.conclude(stage, costs, lambda _a, _c: (None, {}), date(2020, 12, 1))
    _score(stage, call_id, "operating.II", rows, date(2020, 12, 3), on_each)
    stage.at("2020-12-07T09:00:00")
    second = chain.prepare(stage, call_id, ["non_programme_costs", "operating.II"])
    chain.adopt_and_issue(stage, second)
    return {"call_id": call_id, "name": RULEBOOK, "proposals": [first, second], "compare": True}


def _at(local: str) -> Any:
    from grants.base.clock import parse_local

    return parse_local(local)


def _programme(owner: Person, number: int) -> dict[str, Any]:
    return {
        "members": str(24 + 7 * number),
        "programme": "Društvo vse leto ureja poti in znamenitosti, sprejema obiskovalce ter pripravlja prireditve in delavnice za domačine. Opis je za ponovitev razpisa sestavljen, ker izvirne vloge niso javne.",
        "activities": [{"activity": activity, "held_on": day, "visitors": visitors} for activity, day, visitors in ACTIVITIES],
        "programme_value": f"{2400 + 310 * number},00",
        "truthful": "y",
    }


def _score(
    stage: Stage, call_id: int, pot: str, rows: dict[str, list[dict[str, str]]], session_on: date, on_each: Callable[[], None]
) -> None:
    points = {row["name"]: row["points"] for row in rows[pot]}
    reasons = {
        "sl": "Komisija je program ocenila s {points} od 100 točk. Točke so izpeljane iz objavljenega zneska; podrobna utemeljitev občine po merilih ni objavljena.",
        "it": "La commissione ha valutato il programma con {points} punti su 100. I punti sono dedotti dall'importo pubblicato; la motivazione dettagliata del comune per criterio non è pubblicata.",
    }

    def told(application: Application) -> tuple[str, dict[str, str]]:
        given = points[application.organisation.name].replace(".", ",")
        return given, {language: text.format(points=given) for language, text in reasons.items()}

    def judge(application: Application, _criterion: Criterion, _number: int) -> tuple[str, str]:
        given, texts = told(application)
        return given, texts["sl"]

    def joint(application: Application, _criterion: Criterion) -> tuple[str | None, dict[str, str]]:
        return told(application)

    evaluation_id = chain.start(stage, call_id, pot)
    for number, person in enumerate(PANEL):
        chain.mark(stage, evaluation_id, person, number, judge)
        on_each()
    stage.at(f"{session_on.isoformat()}T17:00:00")
    chain.conclude(stage, evaluation_id, joint, session_on)


def comparison(proposals: list[Proposal]) -> list[str]:
    """The product's amounts beside the published ones, with the differences, line by line."""
    awarded = {(award.pot, award.application.organisation.name): award.amount_cents for proposal in proposals for award in proposal.awards}
    lines = []
    for pot, rows in published().items():
        lines.append(f"  {pot:<52} {'published':>12} {'computed':>12} {'difference':>11}")
        for row in rows:
            mine, theirs = awarded[pot, row["name"]], cents_from_euros(row["amount"])
            lines.append(
                f"    {row['name'][:48]:<50} {euros(theirs):>12} {euros(mine):>12} {euros(mine - theirs) if mine != theirs else '0':>11}"
            )
        paid = sum(cents for (name, _), cents in awarded.items() if name == pot)
        given = sum(cents_from_euros(row["amount"]) for row in rows)
        lines.append(f"    {'together':<50} {euros(given):>12} {euros(paid):>12} {euros(paid - given) if paid != given else '0':>11}")
    lines.append(
        "  Round I: the declared rule exactly; the municipality closed that pot by hand, so cents differ. Points are inferred from the amounts."
    )
    return lines
