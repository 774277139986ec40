"""What people open and send, over HTTP, through the product's own gunicorn: CPU of the workers, statements, times, memory."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench import measure
from bench.instance import Instance, Running, serving
from bench.instance import run as run_module
from bench.load import Load, Visitor, Work, WrongAnswer, put_on
from grants.base import clock

WARM_UP = 40
COUNT = 120
FLOWS = 48


@dataclass
class Figure:
    """One row: what was done, what it took, and what the bare page took that stands beside it."""

    name: str
    load: Load
    calibration: measure.Calibration
    floor: Load | None = None

    def to_data(self) -> dict[str, Any]:
        """Plain figures."""
        scaled = self.calibration.scaled(self.load.cpu_ms)
        return asdict(self) | {"cpu_scaled_ms": scaled, "cpu_per_pbkdf2": self.calibration.ratio(self.load.cpu_ms)}


class Town:
    """The people of W25 as visitors of one running server."""

    def __init__(self, server: Running, told: dict[str, Any]) -> None:
        self.server, self.told = server, told
        self._visitors: dict[tuple[int, int], Visitor] = {}
        self._fresh = iter(told["fresh"])

    def visitor(self, person: int | None) -> Visitor:
        """Somebody with a session, or a stranger; what runs at once has connections of its own."""
        key = (person or 0, threading.get_ident())
        if key not in self._visitors:
            session = self.told["sessions"][str(person)] if person else {"cookie": "", "csrf": ""}
            self._visitors[key] = Visitor(self.server.port, session["cookie"], session["csrf"])
        return self._visitors[key]

    def fresh(self) -> tuple[int, int]:
        """An organisation that has no application to the open call yet, and its owner."""
        organisation, owner = self.told["organisations"][next(self._fresh)]
        return organisation, owner


def reading(town: Town, person: int | None, path: str, things: Sequence[int], must_hold: str = "") -> Work:
    """Opening one page again and again, of one thing after the other."""

    def work(number: int) -> int:
        visitor = town.visitor(person)
        answer = visitor.get(path.format(things[number % len(things)]))
        if must_hold and must_hold not in answer.text:
            raise WrongAnswer(f"{path}: “{must_hold}” is not on the page")
        return answer.sql

    return work


def measured(town: Town, name: str, work: Work, *, count: int = COUNT, warm: int = WARM_UP, at_once: int = 2) -> Figure:
    """Warm up, calibrate, measure."""
    put_on(town.server, work, warm, at_once=at_once)
    scale = measure.calibrate(1)
    load = put_on(town.server, work, count, first=warm, at_once=at_once)
    after = measure.calibrate(1)
    middle = measure.Calibration(*((a + b) / 2 for a, b in zip(asdict(scale).values(), asdict(after).values(), strict=True)))
    return Figure(name, load, middle)


def _papers(chance: random.Random) -> list[tuple[str, str, bytes]]:
    from bench.w25.seed import pdf

    return [
        ("f_statute", "statut.pdf", pdf(chance, "").data),
        ("f_offers", "ponudba1.pdf", pdf(chance, "").data),
        ("f_offers", "ponudba2.pdf", pdf(chance, "").data),
    ]


def _fields(chance: random.Random, number: int, version: str) -> list[tuple[str, str]]:
    from bench.w25.seed import answers

    fields = [("version", version)]
    for name, value in answers(chance, number).items():
        fields += [(f"f_{name}", one) for one in (value if isinstance(value, list) else [value])]
    known = ("responsible", "email", "organisation", "address", "registration", "tax", "account")
    filled = dict(
        zip(
            known,
            ("Ana Vzorec", "drustvo@primer.example", "Društvo", "Obala 1, 6399 Pristan", "1234567000", "12345678", "SI56020100000000106"),
            strict=True,
        )
    )
    return [*fields, *((f"f_{name}", value) for name, value in filled.items())]


def _version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    return found[1] if found else "1"


def shortest(town: Town, chance: random.Random) -> Work:
    """From the call to the receipt with as few requests as the product lets: begin, send the form with its files, submit."""

    def work(number: int) -> int:
        organisation, owner = town.fresh()
        visitor = town.visitor(owner)
        before = visitor.sql
        begun = visitor.post(
            f"/sl/razpisi/{town.told['open_call']}/prijava/activity", [("organisation", str(organisation)), ("language", "sl")]
        )
        form = begun.location
        fields = [*_fields(chance, number, "1"), ("check", "1")]
        check = visitor.upload(form, fields, _papers(chance)).location
        visitor.post(check, [("version", "2"), ("declared", "y")])
        visitor.close()
        return visitor.sql - before

    return work


def as_browser(town: Town, chance: random.Random) -> Work:
    """The same as a browser does it: every page that is shown on the way, every redirect followed, the files of the page once."""

    def work(number: int) -> int:
        organisation, owner = town.fresh()
        visitor = town.visitor(owner)
        before, call = visitor.sql, town.told["open_call"]
        page = visitor.get(f"/sl/razpisi/{call}").text
        for address in sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))):
            visitor.get(address.replace("&amp;", "&"))
        visitor.get(f"/sl/razpisi/{call}/prijava/activity")
        form = visitor.post(f"/sl/razpisi/{call}/prijava/activity", [("organisation", str(organisation)), ("language", "sl")]).location
        shown = visitor.get(form).text
        check = visitor.upload(form, [*_fields(chance, number, _version(shown)), ("check", "1")], _papers(chance)).location
        last = visitor.get(check).text
        receipt = visitor.post(check, [("version", _version(last)), ("declared", "y")]).location
        if "410-2/2026-" not in visitor.get(receipt).text:
            raise WrongAnswer("the receipt shows no number")
        visitor.close()
        return visitor.sql - before

    return work


def review(town: Town) -> Work:
    """The third member opens an application, marks eight criteria, four with a reason, and finishes the sheet."""
    from bench.w25.seed import sentence

    chance = random.Random(7)
    criteria = ("quality", "interest", "experience", "feasible", "inclusion", "bilingual", "budget", "lasting")
    person = town.told["members"][2]

    def work(number: int) -> int:
        application = town.told["applications"][number]
        visitor = town.visitor(person)
        before, path = visitor.sql, f"/sl/ocenjevanja/{town.told['evaluation']}/vloge/{application}"
        page = visitor.get(path).text
        fields = [("version", _version(page)), ("comment", sentence(chance, 400)), ("do", "finish")]
        for place, one in enumerate(criteria):
            fields += [(f"points-{one}", "10" if place % 2 else "7"), (f"reason-{one}", "" if place % 2 else sentence(chance, 200))]
        visitor.post(path, fields)
        return visitor.sql - before

    return work


def ranking(town: Town, instance: Instance) -> list[Figure]:
    """The chair concludes (1,000 sheets scored and frozen as 500), the officer has the money divided, and looks at the result."""
    told, found = town.told, []
    run_module(instance, "bench.w25.agree")
    chair, officer = town.told["members"][0], told["officers"][0]
    steps = [
        ("conclude, 1,000 sheets", chair, f"/sl/ocenjevanja/{told['evaluation']}/zakljucek", [("session_on", clock.today().isoformat())]),
        ("divide among 500", officer, f"/sl/razpisi/{told['opened_call']}/razdelitve", [("pots", "activity")]),
    ]
    shown = ""
    for name, person, path, fields in steps:

        def work(_number: int, person: int = person, path: str = path, fields: list[tuple[str, str]] = fields) -> int:
            nonlocal shown
            answer = town.visitor(person).post(path, fields)
            shown = answer.location
            return answer.sql

        scale = measure.calibrate(1)
        found.append(Figure(name, put_on(town.server, work, 1, at_once=1), scale))
    page = reading(town, officer, shown, [0], "410-1/2026-500")
    return [*found, measured(town, "the division, 500 rows", page, count=20, warm=2, at_once=1)]


def workers_of(server: Running) -> list[tuple[float, float]]:
    """The memory of each web worker."""
    return [measure.memory_mib(one) for one in measure.tree(server.process) if one != server.process]


def run(instance: Instance) -> dict[str, Any]:
    """Every page and flow of the table on one database."""
    told = instance.told
    officer, member_of = told["officers"][0], told["people"]
    figures: list[Figure] = []
    with serving(instance, "product", "/sl/") as product, serving(instance, "floor", f"/call/{told['open_call']}") as bare:
        town, ground = Town(product, told), Town(bare, told)

        def beside(figure: Figure, path: str, things: Sequence[int]) -> None:
            work = reading(ground, None, path, things)
            put_on(bare, work, WARM_UP)
            figure.floor = put_on(bare, work, COUNT)
            figures.append(figure)

        call = measured(town, "call page", reading(town, None, "/sl/razpisi/{}", [told["open_call"]], "Javni razpis za dejavnost društev"))
        beside(call, "/call/{}", [told["open_call"]])
        drafts = dict(zip(told["drafts"], member_of, strict=False))

        def form(number: int) -> int:
            identity = told["drafts"][number % len(drafts)]
            return reading(town, drafts[identity], "/sl/vloge/{}/obrazec", [identity], 'name="f_results"')(number)

        beside(measured(town, "form page", form), "/application/{}", told["drafts"])
        listing = reading(town, officer, "/sl/urad/razpisi/{}/vloge", [told["opened_call"]], "410-1/2026-500")
        beside(measured(town, "list of 500", listing), "/list/{}", [told["opened_call"]])
        detail = reading(town, officer, "/sl/vloge/{}", told["applications"], "410-1/2026-")
        beside(measured(town, "detail", detail), "/application/{}", told["applications"])
        chance = random.Random(43)
        figures.append(measured(town, "submit, shortest path", shortest(town, chance), count=FLOWS, warm=8))
        figures.append(measured(town, "submit, as a browser", as_browser(town, chance), count=FLOWS, warm=4))
        figures.append(measured(town, "submit, 16 at once", shortest(town, chance), count=FLOWS * 2, warm=1, at_once=16))
        figures.append(measured(town, "one review", review(town), count=60, warm=10))
        memory = workers_of(product)
        figures += ranking(town, instance)
        afterwards = workers_of(product)
    return {
        "database": instance.name,
        "figures": {figure.name: figure.to_data() for figure in figures},
        "memory": {
            "pss_mib": [pss for pss, _ in memory],
            "rss_mib": [rss for _, rss in memory],
            "pss_mib_after_ranking": [pss for pss, _ in afterwards],
        },
    }
