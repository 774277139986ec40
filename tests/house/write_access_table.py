"""Write what the product answers now into access.csv: `python -m tests.house.write_access_table`. Read the difference."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import time_machine

from grants.base import clock, transaction_mode
from tests.conftest import NOW
from tests.house.test_access import TABLE
from tests.house.world import ROLES, answers_of, build


def main() -> None:
    """Build the world, ask everything as everybody, write the table."""
    with tempfile.TemporaryDirectory() as folder, time_machine.travel(clock.parse_local(NOW), tick=True):
        clock.set_source(lambda: clock.parse_local(NOW))
        world = build(Path(folder))
        with world.app.app_context(), transaction_mode.mode(write=False):
            answers = {role: answers_of(world, role) for role in ROLES}
            rows = [
                {"address": address, "rule": world.rule(address), **{role: answers[role][address] for role in ROLES}}
                for address in sorted(world.addresses())
            ]
    with TABLE.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, ["address", "rule", *ROLES], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
