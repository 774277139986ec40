"""Submissions per second: eight processes submit prepared drafts at once, each in a unit of work of its own, as deadline evenings are.

python -m bench.submissions WRITERS EACH     (inside an instance; prints its figures as JSON)
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from typing import Any

from bench import measure
from bench.instance import Instance
from bench.instance import run as run_module

WRITERS, EACH = 8, 25


def _write(applications: list[tuple[int, int]], start: Any, results: Any) -> None:
    from grants.accounts.models import User
    from grants.app import create_app
    from grants.applications.actions import submitting
    from grants.applications.models import Application
    from grants.base import jobs
    from grants.base.db import db
    from grants.base.transaction import unit_of_work

    app = create_app()
    jobs.attach_queue(app)
    with app.app_context():
        with unit_of_work(write=False):
            db.session.get_one(User, applications[0][1])
        start.wait()
        begun, cpu = time.perf_counter(), time.process_time()
        times, numbers, errors = [], [], []
        for application, person in applications:
            first = time.perf_counter()
            try:
                with unit_of_work():
                    submission = submitting.submit(db.session.get_one(Application, application), by=db.session.get_one(User, person))
                    number = submission.number
                numbers.append(number)
            except Exception as error:
                errors.append(f"{type(error).__name__}: {error}"[:300])
            times.append(time.perf_counter() - first)
        results.put((begun, time.perf_counter(), time.process_time() - cpu, times, numbers, errors))


def _prepare(told: dict[str, Any], count: int) -> list[tuple[int, int]]:
    """Drafts of organisations that have none yet, complete with their three files, and who submits them."""
    from bench.w25.seed import Seed
    from grants.app import create_app

    app = create_app(SQLITE_SYNCHRONOUS="OFF")
    with app.app_context():
        seed = Seed(app)
        seed.organisations = [(organisation, owner) for organisation, owner in told["organisations"]]
        made = [(seed._draft(told["open_call"], place), seed.organisations[place][1]) for place in told["fresh"][-count:]]
        from grants.base.db import db

        db.session.remove()
        db.engine.dispose()
    return made


def _verify(call: int, numbers: list[str]) -> dict[str, Any]:
    from grants.app import create_app
    from grants.applications.models import Application, Submission
    from grants.base.audit import AuditEvent, verify
    from grants.base.db import db
    from grants.base.transaction import unit_of_work

    with create_app().app_context(), unit_of_work(write=False):
        query = (
            db.select(Submission.number).join(Application, Application.id == Submission.application_id).where(Application.call_id == call)
        )
        kept = set(db.session.scalars(query))
        events = set(db.session.scalars(db.select(AuditEvent.data).where(AuditEvent.kind == "application.submitted")))
        told = {json.loads(data)["number"] for data in events}
        checked, faults = verify(db.session())
        return {
            "lost": len([one for one in numbers if one not in kept or one not in told]), "doubled": len(numbers) - len(set(numbers)),
            "audit_rows": checked, "audit_faults": [f"row {fault.position}: {fault.what}" for fault in faults],
        }  # fmt: skip


def work(told: dict[str, Any], writers: int, each: int) -> dict[str, Any]:
    """Prepare, rush, count."""
    drafts = _prepare(told, writers * each)
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(writers), context.Queue()
    scale = measure.calibrate(1)
    processes = [context.Process(target=_write, args=(drafts[place::writers], start, results)) for place in range(writers)]
    for process in processes:
        process.start()
    taken = [results.get(timeout=900) for _ in processes]
    for process in processes:
        process.join()
    wall = max(one[1] for one in taken) - min(one[0] for one in taken)
    times = [seconds for one in taken for seconds in one[3]]
    numbers = [number for one in taken for number in one[4]]
    errors = [error for one in taken for error in one[5]]
    return {
        "writers": writers, "submissions": len(numbers), "per_second": len(numbers) / wall, "cpu_ms": 1000 * sum(one[2] for one in taken) / len(times),
        "p50_ms": 1000 * measure.percentile(times, 0.5), "p95_ms": 1000 * measure.percentile(times, 0.95), "max_ms": 1000 * max(times),
        "errors": errors, "calibration": scale.__dict__, **_verify(told["open_call"], numbers),
    }  # fmt: skip


def run(instance: Instance) -> dict[str, Any]:
    """One writer, then eight."""
    alone = json.loads(run_module(instance, "bench.submissions", "1", str(EACH)).splitlines()[-1])
    rush = json.loads(run_module(instance, "bench.submissions", str(WRITERS), str(EACH)).splitlines()[-1])
    return {"database": instance.name, "alone": alone, "rush": rush}


if __name__ == "__main__":
    from grants.config import data_folder

    path = data_folder() / "w25.json"
    given = json.loads(path.read_text(encoding="utf-8"))
    writers, each = int(sys.argv[1]), int(sys.argv[2])
    found = work(given, writers, each)
    given["fresh"] = given["fresh"][: -writers * each]
    path.write_text(json.dumps(given), encoding="utf-8")
    print(json.dumps(found))
