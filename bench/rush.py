"""Deadline evening over HTTP: 300 applicants fill in and submit with three files each, 50 at a time, some of them clicking twice.
Each of them reads and types for some seconds between two pages, as people do; `THINKS` says how long.

python -m bench.rush verify FILE     (inside an instance; looks for everything that was acknowledged and prints what it found as JSON)
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import measure
from bench.instance import Instance, Running, serving
from bench.instance import run as run_module
from bench.load import Visitor, WrongAnswer
from bench.pages import _fields, _papers, _version

APPLICANTS, AT_ONCE = 300, 50
CLICKS_TWICE = 5
"""Every fifth applicant presses the button twice."""
THINKS = (1.0, 7.0)
"""So many seconds, at random, between two pages: 50 people at a time are then some 12 pages a second."""

_RECEIPT = re.compile(r"(?P<number>\d+-\d+/\d{4}-\d+).*?\b(?P<hash>[0-9a-f]{64})\b", re.S)


@dataclass
class Outcome:
    """What one applicant sent and was told."""

    application: int
    files: list[str]
    numbers: list[str] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def apply(visitor: Visitor, call: int, organisation: int, number: int, thinks: tuple[float, float] = (0, 0)) -> Outcome:
    """Begin, send the form with its files, look at the check page, submit, read the receipt."""
    chance = random.Random(number)
    pauses = [pause.uniform(*thinks) for pause in [random.Random(-number)] * 3]
    time.sleep(pauses[0])
    begun = visitor.post(f"/sl/razpisi/{call}/prijava/activity", [("organisation", str(organisation)), ("language", "sl")])
    papers = _papers(chance)
    time.sleep(pauses[1])
    sent = visitor.upload(begun.location, [*_fields(chance, number, "1"), ("check", "1")], papers)
    last = visitor.get(sent.location).text
    outcome = Outcome(int(begun.location.split("/")[3]), sorted(hashlib.sha256(data).hexdigest() for _name, _file, data in papers))
    time.sleep(pauses[2])
    for _click in range(2 if number % CLICKS_TWICE == 0 else 1):
        answer = visitor.post(sent.location, [("version", _version(last)), ("declared", "y")])
        outcome.seconds.append(answer.seconds)
        told = visitor.get(answer.location).text
        if (found := _RECEIPT.search(told)) is None:
            raise WrongAnswer("the receipt shows neither number nor hash")
        outcome.numbers.append(found["number"])
        outcome.hashes.append(found["hash"])
    visitor.close()
    return outcome


def rush(count: int, at_once: int, work: Callable[[int], Outcome]) -> tuple[list[Outcome], list[str], float]:
    """All of them, so many at a time: what came of it, what went wrong, and how long it took."""
    numbers, lock = iter(range(count)), threading.Lock()
    outcomes: list[Outcome] = []
    failed: list[str] = []

    def run() -> None:
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            try:
                outcomes.append(work(number))
            except Exception as error:
                failed.append(f"{type(error).__name__}: {error}")

    began = time.perf_counter()
    threads = [threading.Thread(target=run) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes, failed, time.perf_counter() - began


def verify(outcomes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Everything that was acknowledged is there once, as it was sent; the record is whole."""
    from grants.applications.actions.submitting import sha256_of
    from grants.applications.models import Submission
    from grants.base import audit, files
    from grants.base.db import db

    lost, doubled, changed = [], [], []
    for one in outcomes:
        kept = db.session.scalars(db.select(Submission).where(Submission.application_id == one["application"])).all()
        if not kept:
            lost.append(one["application"])
            continue
        if len(kept) > 1 or len(set(one["numbers"])) > 1:
            doubled.append(one["application"])
        content = kept[0].content
        whole = (
            {kept[0].content_sha256} == set(one["hashes"]) and kept[0].number == one["numbers"][0] and sha256_of(content) == kept[0].content_sha256
            and sorted(file["sha256"] for file in content["attachments"]) == one["files"]
        )  # fmt: skip
        for digest in one["files"]:
            whole = whole and hashlib.sha256(files.path_of(digest).read_bytes()).hexdigest() == digest
        if not whole:
            changed.append(one["application"])
    numbers = [number for one in outcomes for number in set(one["numbers"])]
    checked, faults = audit.verify(db.session())
    return {
        "lost": len(lost), "doubled": len(doubled) + len(numbers) - len(set(numbers)), "changed": len(changed), "audit_rows": checked,
        "audit_faults": [f"row {fault.position}: {fault.what}" for fault in faults],
    }  # fmt: skip


def figures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """How long the button took, in milliseconds."""
    times = [1000 * seconds for one in outcomes for seconds in one.seconds]
    return {f"p{share}_ms": measure.percentile(times, share / 100) for share in (50, 95, 99)} | {"max_ms": max(times)}


def floor(server: Running, applications: Sequence[int], at_once: int) -> dict[str, float]:
    """The bare endpoint that inserts the same rows, once for each submission."""
    times: list[float] = []

    def work(number: int) -> Outcome:
        time.sleep(random.Random(number).uniform(*THINKS))
        visitor = Visitor(server.port)
        answer = visitor.ask("POST", f"/submit/{applications[number]}", b"{}", "application/json", expect=200)
        visitor.close()
        times.append(answer.seconds)
        return Outcome(applications[number], [], [], [], [answer.seconds])

    cpu = measure.cpu_ms(server.process)
    outcomes, failed, wall = rush(len(applications), at_once, work)
    used = measure.cpu_ms(server.process) - cpu
    return figures(outcomes) | {"cpu_ms": used / len(outcomes), "per_second": len(outcomes) / wall, "errors": len(failed)}


def run(instance: Instance) -> dict[str, Any]:
    """The rush on one database, then the floor on the same one."""
    told = instance.told
    fresh = told["fresh"][:APPLICANTS]
    scale = measure.calibrate(1)
    with serving(instance, "product", "/sl/") as product:

        def work(number: int) -> Outcome:
            organisation, owner = told["organisations"][fresh[number]]
            session = told["sessions"][str(owner)]
            return apply(Visitor(product.port, session["cookie"], session["csrf"]), told["open_call"], organisation, number, THINKS)

        cpu = measure.cpu_ms(product.process)
        outcomes, failed, wall = rush(len(fresh), AT_ONCE, work)
        used = measure.cpu_ms(product.process) - cpu
    acknowledged = instance.data / "rush.json"
    acknowledged.write_text(json.dumps([vars(one) for one in outcomes]), encoding="utf-8")
    found = json.loads(run_module(instance, "bench.rush", "verify", str(acknowledged)).splitlines()[-1])
    with serving(instance, "floor", f"/call/{told['open_call']}") as bare:
        ground = floor(bare, [one.application for one in outcomes], AT_ONCE)
    return {
        "database": instance.name, "applicants": len(fresh), "at_once": AT_ONCE, "submitted": len(outcomes), "errors": failed, "wall_s": wall,
        "cpu_ms": used / max(1, len(outcomes)), "calibration": vars(scale), "floor": ground, **figures(outcomes), **found,
    }  # fmt: skip


def told(found: dict[str, Any]) -> list[str]:
    """The figures in lines."""
    scale = measure.Calibration(**found["calibration"])
    bare = found["floor"]
    target = "" if found["database"] == "sqlite" else f" (target p95 300: {'met' if found['p95_ms'] <= 300 else 'MISSED'})"
    return [
        "",
        f"Deadline evening on {found['database']}: {found['applicants']} applicants, {found['at_once']} at a time, three files each, two workers: {found['wall_s']:.0f} s",
        f"    the button: p50 {found['p50_ms']:.0f}, p95 {found['p95_ms']:.0f}, p99 {found['p99_ms']:.0f}, longest {found['max_ms']:.0f} ms{target}",
        f"    CPU of the whole way of one applicant {found['cpu_ms']:.1f} ms, scaled {scale.scaled(found['cpu_ms']):.1f}",
        f"    a bare Flask endpoint that inserts the same rows: p50 {bare['p50_ms']:.0f}, p95 {bare['p95_ms']:.0f}, p99 {bare['p99_ms']:.0f} ms; CPU {bare['cpu_ms']:.1f} ms, scaled {scale.scaled(bare['cpu_ms']):.1f}",
        f"    {found['submitted']} submitted, {len(found['errors'])} errors, {found['lost']} lost, {found['doubled']} doubled, {found['changed']} changed;"
        f" record of {found['audit_rows']} rows: {len(found['audit_faults'])} faults",
        *[f"     {error}" for error in sorted(set(found["errors"]))[:3]],
    ]


if __name__ == "__main__":
    from grants.app import create_app
    from grants.base.transaction import unit_of_work

    with create_app().app_context(), unit_of_work(write=False):
        print(json.dumps(verify(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))))
