"""The invented bilingual municipality: three calls of this year, so that every role finds something to do today, and one of last year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from grants.accounts import actions as accounts
from grants.accounts.models import MemberRole, Organisation
from grants.applications import joint
from grants.applications.actions import drafting, office, partnering, submitting
from grants.applications.models import Application, ApplicationPartner
from grants.applications.states import ApplicationStatus
from grants.base import clock
from grants.base.db import db
from grants.calls.models import Call
from grants.demo import chain, last_year
from grants.demo.answers import typed_answers
from grants.demo.stage import CHAIR, EDITOR, MEMBER, MEMBER_TWO, OFFICER, OWNER, PANEL, Person, Stage
from grants.evaluation.actions import appointing
from scoring.judging import Criterion
from scoring.money import number_text

FIRST = ("Katja", "Marco", "Andreja", "Denis", "Sara", "Paolo", "Mojca", "Franco", "Urška", "Stefano", "Barbara", "Luka", "Ester", "Tomaž")
LAST = (
    "Umek",
    "Rossi",
    "Pucer",
    "Lukin",
    "Cergolj",
    "Furlanič",
    "Jakomin",
    "Bonin",
    "Kleva",
    "Radin",
    "Grbec",
    "Stepančič",
    "Vatta",
    "Kaligarič",
)
PLACES = ("Obala", "Sveti Križ", "Loparji", "Portič", "Semedelca", "Gračišče pri Obali", "Dolnja Vala")
SPORTS = (
    "Nogometni klub",
    "Košarkarski klub",
    "Atletsko društvo",
    "Jadralni klub",
    "Plavalni klub",
    "Odbojkarski klub",
    "Kolesarsko društvo",
)
CULTURES = (
    "Mešani pevski zbor",
    "Gledališka skupina",
    "Pihalni orkester",
    "Folklorna skupina",
    "Likovno društvo",
    "Kulturno društvo",
    "Literarni krožek",
)
NGOS = (
    "Društvo prostovoljcev",
    "Društvo upokojencev",
    "Mladinsko društvo",
    "Društvo za varstvo okolja",
    "Društvo prijateljev mladine",
    "Humanitarno društvo",
    "Društvo diabetikov",
)
NAMES = (
    "Galeb",
    "Sidro",
    "Burja",
    "Oljka",
    "Solinar",
    "Maestral",
    "Školjka",
    "Svetilnik",
    "Lanterna",
    "Rožmarin",
    "Bonaca",
    "Sončnica",
    "Trta",
    "Onda",
)
OWNERS = 28
LAST_YEAR = 3
"""How many clubs applied a year ago."""

TEXTS: dict[str, dict[str, Any]] = {
    "obala-sport-2026": {
        "reference": "671-12/2026", "area": "sport", "regime": "sport", "budget_line": "18059001",
        "title": {"sl": "Javni razpis za sofinanciranje športa v občini Obala za leto 2026", "it": "Bando pubblico per il cofinanziamento dello sport nel comune di Obala per il 2026", "en": "Public call for co-financing sport in the municipality of Obala for 2026"},
        "subject": {"sl": "Sofinancira se redna dejavnost športnih društev in klubov: vadba, tekmovanja in delo s trenerji.", "it": "Si cofinanzia l'attività regolare delle associazioni e dei club sportivi: allenamenti, gare e lavoro con gli allenatori."},
        "legal_basis": {"sl": "Zakon o športu (ZŠpo-1), Odlok o sofinanciranju športa v občini Obala (izmišljen za prikaz).", "it": "Legge sullo sport (ZŠpo-1), Decreto sul cofinanziamento dello sport nel comune di Obala (inventato per la dimostrazione)."},
        "amount": {"sl": "84.000,00 EUR.", "it": "84.000,00 EUR."},
    },
    "obala-culture-2026": {
        "reference": "610-7/2026", "area": "culture", "regime": "culture", "budget_line": "18039002",
        "title": {"sl": "Javni razpis za sofinanciranje ljubiteljske kulture v občini Obala za leto 2026", "it": "Bando pubblico per il cofinanziamento della cultura amatoriale nel comune di Obala per il 2026", "en": "Public call for co-financing amateur culture in the municipality of Obala for 2026"},
        "subject": {"sl": "Ločeno se sofinancirata celoletno delovanje kulturnih društev in posamezni kulturni projekti.", "it": "Si cofinanziano separatamente l'attività annuale delle associazioni culturali e i singoli progetti culturali."},
        "legal_basis": {"sl": "Zakon o uresničevanju javnega interesa za kulturo (ZUJIK), Pravilnik o sofinanciranju kulture v občini Obala (izmišljen za prikaz).", "it": "Legge sull'attuazione dell'interesse pubblico nella cultura (ZUJIK), Regolamento sul cofinanziamento della cultura nel comune di Obala (inventato per la dimostrazione)."},
        "amount": {"sl": "Delovanje 46.000,00 EUR, projekti 38.500,00 EUR.", "it": "Attività ordinaria 46.000,00 EUR, progetti 38.500,00 EUR."},
    },
    "obala-ngo-2026": {
        "reference": "139-5/2026", "area": "ngo", "regime": "general", "budget_line": "20049003",
        "title": {"sl": "Javni razpis za sofinanciranje delovanja nevladnih organizacij v občini Obala za leto 2026", "it": "Bando pubblico per il cofinanziamento dell'attività delle organizzazioni non governative nel comune di Obala per il 2026", "en": "Public call for co-financing the operation of non-governmental organisations in the municipality of Obala for 2026"},
        "subject": {"sl": "Sofinancira se delovanje organizacij, katerih delo niso posamezni projekti.", "it": "Si cofinanzia l'attività delle organizzazioni il cui lavoro non consiste in singoli progetti."},
        "legal_basis": {"sl": "Zakon o javnih financah (ZJF), Pravilnik o sofinanciranju nevladnih organizacij v občini Obala (izmišljen za prikaz).", "it": "Legge sulle finanze pubbliche (ZJF), Regolamento sul cofinanziamento delle organizzazioni non governative nel comune di Obala (inventato per la dimostrazione)."},
        "amount": {"sl": "28.000,00 EUR, največ 4.000,00 EUR na organizacijo.", "it": "28.000,00 EUR, al massimo 4.000,00 EUR per organizzazione."},
    },
}  # fmt: skip
SHARED = {
    "grantor": {"sl": "Občina Obala, Trg brodarjev 1, 6399 Pristan", "it": "Comune di Obala, Piazza dei Barcaioli 1, 6399 Portovecchio"},
    "conditions_and_criteria": {"sl": "Pogoji in merila so objavljeni v preglednicah na tej strani, vsako s členom pravilnika.", "it": "I requisiti e i criteri sono pubblicati nelle tabelle di questa pagina, ciascuno con l'articolo del regolamento."},
    "financing": {"sl": "Sredstva se razdelijo po objavljenem pravilu, na cent; dodeljeni znesek nikoli ne preseže zaprošenega.", "it": "I fondi sono ripartiti secondo la regola pubblicata, al centesimo; l'importo assegnato non supera mai quello richiesto."},
    "how_to_apply": {"sl": "Vloga se odda na tem portalu, v slovenskem ali italijanskem jeziku, do objavljene sekunde.", "it": "La domanda si presenta su questo portale, in lingua slovena o italiana, entro il secondo pubblicato."},
    "selection": {"sl": "Vloge odpre komisija. Nepopolno vlogo lahko prijavitelj dopolni na poziv. Vsak član ocenjuje sam, z razlogom pri vsakem merilu; o dodelitvi odloči občinska uprava.", "it": "Le domande sono aperte dalla commissione. Una domanda incompleta può essere integrata su richiesta. Ogni membro valuta da solo, motivando ogni criterio; sull'assegnazione decide l'amministrazione comunale."},
    "drawing_period": {"sl": "Od podpisa pogodbe do 31. decembra 2026.", "it": "Dalla firma del contratto al 31 dicembre 2026."},
    "documentation": {"sl": "Celotna dokumentacija je na tem portalu, brez prijave, do zaključka razpisa.", "it": "Tutta la documentazione è su questo portale, senza accesso, fino alla chiusura del bando."},
    "contact": {"sl": "Marjeta Kodrič, razpisi@obala.example, 05 600 10 20, vsak delavnik od 8. do 14. ure.", "it": "Marjeta Kodrič, razpisi@obala.example, 05 600 10 20, nei giorni feriali dalle 8 alle 14."},
}  # fmt: skip

OPINIONS = (
    ("Program je jasen, vendar ne pove, kako bo društvo pritegnilo nove člane.", "Il programma è chiaro, ma non dice come l'associazione attirerà nuovi soci."),
    ("Vsebina je kakovostna; manjka časovni načrt po mesecih.", "Il contenuto è di qualità; manca un piano temporale per mesi."),
    ("Sodelovanje s šolama obeh jezikov je opisano na splošno, brez dogovorjenih terminov.", "La collaborazione con le scuole delle due lingue è descritta in modo generico, senza date concordate."),
    ("Stroški so pregledni, pri dveh postavkah pa ni pojasnjeno, kako so ocenjeni.", "Le spese sono chiare, ma per due voci non è spiegato come sono state stimate."),
)  # fmt: skip


def play(stage: Stage, now: datetime, on_each: Callable[[], None], size: int = OWNERS) -> list[dict[str, Any]]:
    """Last year's sport call, decided; culture with the panel and the signer, NGOs just opened, sport open for applications.

    `size` is the number of applicants."""
    random = Random(42)
    stage.instant = now - timedelta(days=400)
    owners = [
        OWNER,
        *(
            Person(f"prijavitelj-{n}@obala.example", f"{FIRST[n % 14]} {LAST[(n * 5 + n // 14) % 14]}", "it" if n % 5 == 1 else "sl")
            for n in range(1, size)
        ),
    ]
    stage.invite((*owners, EDITOR))
    clubs = {
        kind: [_organisation(stage, kinds, owner, n, base) for n, owner in enumerate(owners)]
        for kind, kinds, base in (("sport", SPORTS, 1), ("culture", CULTURES, 100), ("ngo", NGOS, 200))
    }
    with stage.step():
        for kind in clubs.values():
            accounts.add_member(db.session.get_one(Organisation, kind[0]), stage.user(EDITOR), MemberRole.EDITOR, by=stage.user(OWNER))
    last_year.play(stage, now, _of_last_year(), list(zip(clubs["sport"], owners, strict=True))[:LAST_YEAR], _judge, _joint, on_each)
    culture = _culture(stage, now, random, clubs["culture"], owners, on_each)
    ngo = _ngo(stage, now, random, [*clubs["ngo"], *clubs["culture"][:14]], [*owners, *owners[:14]], on_each)
    sport = _sport(stage, now, random, clubs["sport"], owners, on_each)
    stage.instant = now
    return [culture, ngo, sport]


def _organisation(stage: Stage, kinds: tuple[str, ...], owner: Person, n: int, base: int) -> int:
    name = f"{kinds[n % len(kinds)]} {NAMES[(n * 3 + base) % len(NAMES)]}{'' if n < 14 else ' ' + PLACES[n % len(PLACES)]}"
    form = "association" if n % 9 else "institute"
    return stage.organisation(
        owner,
        name=name,
        seed=base + n + 1,
        form=form,
        street=f"Ulica ob morju {n + 1}",
        place=PLACES[n % len(PLACES)],
        postcode="6399",
        language=owner.language,
    )


def _details(rulebook: str, opens: datetime, closes: datetime, opening: datetime) -> dict[str, Any]:
    own = dict(TEXTS[rulebook])
    content = {**SHARED, **{key: own.pop(key) for key in ("subject", "legal_basis", "amount")}}
    return {
        **own, "kind": "razpis", "languages": ["sl", "it"], "content": content, "opens_at": opens, "closes_at": closes, "opening_at": opening,
        "decisions_due": clock.local(closes).date() + timedelta(days=60),
    }  # fmt: skip


def _of_last_year() -> dict[str, Any]:
    """What last year's sport call said: as this year's, a year earlier."""
    told = dict(TEXTS["obala-sport-2026"])
    content = {**SHARED, **{key: told.pop(key) for key in ("subject", "legal_basis", "amount")}}
    content["drawing_period"] = {code: text.replace("2026", "2025") for code, text in content["drawing_period"].items()}
    told["title"] = {code: text.replace("2026", "2025") for code, text in told["title"].items()}
    return {**told, "reference": "671-12/2025", "kind": "razpis", "languages": ["sl", "it"], "content": content}


def _noon(now: datetime, days: int, hour: int = 12) -> datetime:
    """Noon in Ljubljana, so many days from now."""
    day = clock.local(now).date() + timedelta(days=days)
    return clock.parse_local(f"{day.isoformat()}T{hour:02d}:00:00")


def _local(instant: datetime) -> str:
    return clock.local(instant).replace(tzinfo=None).isoformat(timespec="seconds")


def _publish(stage: Stage, rulebook: str, opens: datetime, closes: datetime, opening: datetime) -> int:
    stage.instant = opens - timedelta(hours=1)
    call_id = chain.publish(
        stage, rulebook, _details(rulebook, opens, closes, opening), accepted="Pravilnik je tak sprejel občinski svet; posebnosti so znane."
    )
    stage.instant = opens + timedelta(hours=3)
    return call_id


def _fill(stage: Stage, call_id: int, track_id: str, random: Random, organisation: int, owner: Person, *, submit: bool) -> int:
    track = db.session.get_one(Call, call_id).rulebook.track(track_id)
    answers = typed_answers(track, random)
    if not submit:  # what an evening leaves behind: half of the form, and one amount that is not one yet
        keys = list(answers)
        answers = {key: answers[key] for key in keys[: len(keys) // 2 + 1]}
    return chain.apply(stage, call_id, track_id, organisation, answers, owner, submit=submit)


def _together(
    stage: Stage, call_id: int, random: Random, organisation: int, owner: Person, other: tuple[int, Person]
) -> None:  # fmt: skip
    """A project of two associations: the second is named, agrees to its task and to every other cost line, and the first submits."""
    answers = typed_answers(db.session.get_one(Call, call_id).rulebook.track("project"), random)
    seats = ("applicant", "first_partner")
    lines = [row | {"borne_by": seats[place % 2]} for place, row in enumerate(answers["cost_lines"])]
    own = {**answers, "project_title": "Noč knjige na Trgu brodarjev – Notte del libro", "cost_lines": lines}
    identity = chain.apply(stage, call_id, "project", organisation, {**own, "cost_lines": answers["cost_lines"]}, owner, submit=False)
    with stage.step():
        partner = db.session.get_one(Organisation, other[0])
        named = partnering.name_partner(
            db.session.get_one(Application, identity), tax_number=partner.tax_number, name=partner.name, email=partner.email,
            task="Postavi oder in luči ter vodi večer branja v obeh jezikih.", by=stage.user(owner),
        )  # fmt: skip
        named_id = named.id
    with stage.step():
        application = db.session.get_one(Application, identity)
        drafting.save(application, {"cost_lines": lines}, version=application.version, by=stage.user(owner))
    with stage.step():
        named = db.session.get_one(ApplicationPartner, named_id)
        partnering.consent(named, sha256=joint.mark_of(named.application, named), by=stage.user(other[1]))
    with stage.step():
        submitting.submit(db.session.get_one(Application, identity), by=stage.user(owner))


def _withdraw(stage: Stage, application_id: int, owner: Person) -> None:
    with stage.step():
        submitting.withdraw(db.session.get_one(Application, application_id), by=stage.user(owner))


def _dismiss(stage: Stage, call_id: int, track: str, count: int) -> None:
    opened = db.session.scalars(
        db.select(Application.id)
        .where(Application.call_id == call_id, Application.track == track, Application.status == ApplicationStatus.OPENED)
        .order_by(Application.id)
    ).all()
    for application_id in opened[-count:]:
        with stage.step():
            reason = "Vlagatelj po pozivu ni dopolnil manjkajočega podatka o zastopniku v določenem roku."
            office.dismiss(db.session.get_one(Application, application_id), by=stage.user(OFFICER), reason=reason)


def _judge(application: Application, criterion: Criterion, number: int) -> tuple[str, str]:
    most = criterion.maximum or Fraction(0)
    steps = int(most / criterion.step)
    lost = (application.id * 7 + number * 3 + len(criterion.id)) % max(2, steps // 2 + 1)
    points = most - min(lost, steps) * criterion.step
    reason = OPINIONS[(application.id + number) % len(OPINIONS)][0] if points < most else ""
    return number_text(points).replace(".", ","), reason


def _joint(application: Application, criterion: Criterion) -> tuple[str | None, dict[str, str]]:
    sl, it = OPINIONS[(application.id + len(criterion.id)) % len(OPINIONS)]
    return None, {"sl": sl, "it": it}


def _culture(
    stage: Stage, now: datetime, random: Random, organisations: list[int], owners: list[Person], on_each: Callable[[], None]
) -> dict[str, Any]:
    closes, opening = _noon(now, -70), _noon(now, -69, 10)
    call_id = _publish(stage, "obala-culture-2026", _noon(now, -105, 8), closes, opening)
    for track, most in (("operating", 28), ("project", 26)):
        for n, (organisation, owner) in enumerate(zip(organisations[:most], owners, strict=False)):
            if (track, n) == ("project", 1):
                _together(stage, call_id, random, organisation, owner, (organisations[0], owners[0]))
                on_each()
                continue
            identity = _fill(stage, call_id, track, random, organisation, owner, submit=n % 13 != 12)
            if n == 9:
                _withdraw(stage, identity, owner)
            on_each()
    chain.close_and_open(stage, call_id, _local(closes + timedelta(seconds=1)), _local(opening))
    stage.instant = _noon(now, -66, 9)
    _dismiss(stage, call_id, "operating", 1)
    _dismiss(stage, call_id, "project", 1)
    tied = db.session.scalars(
        db.select(Application.id)
        .where(Application.call_id == call_id, Application.status == ApplicationStatus.OPENED)
        .order_by(Application.id)
    ).first()
    conflicts = {MEMBER_TWO: {tied: "Predsednica društva je moja sestra."}} if tied else {}
    chain.appoint(stage, call_id, order_number="610-7/2026-2", conflicts=conflicts)
    stage.instant = _noon(now, -60, 16)
    operating = chain.start(stage, call_id, "operating")
    for number, person in enumerate(PANEL):
        chain.mark(stage, operating, person, number, _judge)
        on_each()
    stage.instant = _noon(now, -55, 17)
    session: date = clock.local(stage.instant).date()
    chain.conclude(stage, operating, _joint, session)
    stage.instant = _noon(now, -53, 9)
    proposal = chain.prepare(stage, call_id, ["operating"])
    stage.instant = _noon(now, -52, 16)
    project = chain.start(stage, call_id, "project")
    chain.mark(stage, project, CHAIR, 0, _judge)
    on_each()
    chain.mark(stage, project, MEMBER, 1, _judge, most=9)
    on_each()
    return {"call_id": call_id, "name": "obala-culture-2026", "proposals": [], "waiting": [proposal]}


def _ngo(
    stage: Stage, now: datetime, random: Random, organisations: list[int], owners: list[Person], on_each: Callable[[], None]
) -> dict[str, Any]:
    closes, opening = _noon(now, -10), _noon(now, -9, 10)
    call_id = _publish(stage, "obala-ngo-2026", _noon(now, -45, 8), closes, opening)
    for n, (organisation, owner) in enumerate(zip(organisations, owners, strict=True)):
        identity = _fill(stage, call_id, "operating", random, organisation, owner, submit=n % 17 != 16)
        if n == 11:
            _withdraw(stage, identity, owner)
        on_each()
    chain.close_and_open(stage, call_id, _local(closes + timedelta(seconds=1)), _local(opening))
    stage.instant = _noon(now, -8, 9)
    _dismiss(stage, call_id, "operating", 2)
    with stage.step():
        people = [stage.user(person) for person in PANEL]
        appointing.appoint(db.session.get_one(Call, call_id), people, chair=people[0], by=stage.user(OFFICER), order_number="139-5/2026-2")
    return {"call_id": call_id, "name": "obala-ngo-2026", "proposals": []}


def _sport(
    stage: Stage, now: datetime, random: Random, organisations: list[int], owners: list[Person], on_each: Callable[[], None]
) -> dict[str, Any]:
    call_id = _publish(stage, "obala-sport-2026", _noon(now, -7, 8), _noon(now, 21), _noon(now, 22, 10))
    for n, (organisation, owner) in enumerate(zip(organisations, owners, strict=True)):
        if n % 9 == 8:
            on_each()
            continue  # some clubs have not begun yet
        identity = _fill(stage, call_id, "operating", random, organisation, owner, submit=n % 3 != 0)
        if n in (7, 16):
            _withdraw(stage, identity, owner)
        on_each()
    return {"call_id": call_id, "name": "obala-sport-2026", "proposals": []}
