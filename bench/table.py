"""The table for people: each row of the shared design beside the systems that it names, with our target and whether it is met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

BINDING = (
    "public call page",
    "application form page",
    "staff list of 500",
    "detail of one application",
    "memory per worker",
    "start to first answer",
)


@dataclass(frozen=True)
class Row:
    """A row of the table: its name, what the others took (Hypha tuned, funding-service, pretalx), our target."""

    name: str
    others: tuple[str, str, str]
    cpu_target: float | None
    sql_target: int | None
    figure: str | None


ROWS = (
    Row("public call page", ("26.8 / 26", "3.3 / 0 (a)", "18.6 / 8"), 8, 5, "call page"),
    Row("application form page", ("53", "-", "-"), 20, None, "form page"),
    Row("submit, 3 files, shortest path", ("95 / 70", "302 / 172 (b)", "305 / 238 (b)"), 50, 30, "submit, shortest path"),
    Row("the same as a browser does it", ("207 (scripts)", "1150", "305"), 80, None, "submit, as a browser"),
    Row("staff list of 500", ("286 / 140 (60 rows)", "65 / 5", "252 / 30 (50 rows)"), 50, 5, "list of 500"),
    Row("detail of one application", ("70 / 56", "19 / 12", "72 / 71"), 19, 12, "detail"),
    Row("one review, GET + POST", ("64", "-", "130"), 35, None, "one review"),
    Row("ranking: conclude, 1,000 sheets", ("-", "-", "1575 (c)"), None, None, "conclude, 1,000 sheets"),
    Row("ranking: divide among 500", ("-", "-", "-"), None, None, "divide among 500"),
    Row("ranking: the page of 500 awards", ("-", "-", "-"), None, None, "the division, 500 rows"),
)
NOTES = """(a) a sign-in page without data   (b) without files   (c) overview of 250 rows
CPU is user + system milliseconds of the web processes for one request or flow, SQL statements without BEGIN and COMMIT.
"scaled" is CPU as on the reference machine, where PBKDF2 takes 200 ms; targets are judged by it. "floor" is a bare Flask page with
one query and one template in the same gunicorn, scaled likewise. p50, p95 and /s are by the wall clock, at 2 requests at once."""


def _line(cells: Iterable[str]) -> str:
    widths = (33, 8, 8, 8, 6, 7, 8, 8, 7, 8, 20, 15, 18)
    return " ".join(
        cell.ljust(width) if place in (0, 10, 11, 12) else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ).rstrip()


def verdict(value: float, target: float) -> str:
    """Met or missed."""
    return "met" if value <= target else "MISSED"


def pages(found: dict[str, Any]) -> list[str]:
    """The table of one database."""
    lines = [
        "",
        f"Pages and flows on {found['database']}",
        _line(
            (
                "",
                "CPU ms",
                "scaled",
                "/PBKDF2",
                "SQL",
                "floor",
                "p50 ms",
                "p95 ms",
                "/s",
                "target",
                "Hypha tuned",
                "funding-service",
                "pretalx",
            )
        ),
    ]
    for row in ROWS:
        one = found["figures"].get(row.figure)
        if one is None:
            lines.append(f"{row.name:33} not built yet")
            continue
        load, floor = one["load"], one["floor"]
        sql = f"{load['sql']:.0f}" if load["count"] > 1 or load["sql"] else "-"
        beside = f"{floor['cpu_ms'] * one['cpu_scaled_ms'] / load['cpu_ms']:.1f}" if floor else "-"
        target = "-" if row.cpu_target is None else f"{row.cpu_target:g}" + (f"/{row.sql_target}" if row.sql_target else "")
        lines.append(
            _line((
                row.name, f"{load['cpu_ms']:.1f}", f"{one['cpu_scaled_ms']:.1f}", f"{one['cpu_per_pbkdf2']:.3f}", sql, beside, f"{load['p50_ms']:.0f}",
                f"{load['p95_ms']:.0f}", f"{load['per_second']:.1f}", target, *row.others,
            ))
        )  # fmt: skip
        if row.cpu_target is not None:
            said = verdict(one["cpu_scaled_ms"], row.cpu_target)
            if row.sql_target is not None:
                said += f", SQL {verdict(load['sql'], row.sql_target)}"
            lines.append(f"{'':33} target {target}: {said}{'' if row.name in BINDING else ' (not binding yet)'}")
    rush = found["figures"].get("submit, 16 at once")
    if rush:
        lines.append(
            f"submit at 16 at once: {rush['load']['per_second']:.1f} a second (target 30; Hypha 15.8, funding-service 5.2, pretalx 5.3), p95 {rush['load']['p95_ms']:.0f} ms, 0 errors"
        )
    pss, rss = found["memory"]["pss_mib"], found["memory"]["rss_mib"]
    lines.append(
        f"memory per worker after this load: PSS {' and '.join(f'{one:.0f}' for one in pss)} MiB, RSS {' and '.join(f'{one:.0f}' for one in rss)} MiB"
        f" (target 130: {verdict(max(pss), 130)}; Hypha 215-280, funding-service 194-228, pretalx 204-207)"
    )
    later = found["memory"]["pss_mib_after_ranking"]
    lines.append(
        f"memory after one of them has scored 1,000 sheets in a single request: PSS {' and '.join(f'{one:.0f}' for one in later)} MiB"
    )
    lines += [
        "ranking of 500 from 1,000 sheets computed anew at a look (target 200): not built yet; above are its parts as they are done once",
        "list of 500 in pages (target 20): not built yet",
        "export of 500 x 25 answers: not built yet",
    ]
    return lines


def start(found: dict[str, Any]) -> list[str]:
    """Start to first answer."""
    return [
        "",
        f"Start to first answer on {found['database']}: {found['wall_ms']:.0f} ms by the wall clock ({found['wall_scaled_ms']:.0f} scaled by what of the machine others left us);"
        f" CPU of the web process until then {found['cpu_ms']:.0f} ms, scaled {found['cpu_scaled_ms']:.0f}",
        f"    target 1500: by the wall clock {verdict(found['wall_scaled_ms'], 1500)}, by CPU {verdict(found['cpu_scaled_ms'], 1500)} (Hypha 2200, funding-service 1500-2000, pretalx 2400)",
    ]


def submissions(found: dict[str, Any]) -> list[str]:
    """Submissions per second."""
    lines = ["", f"Submissions through the action on {found['database']}, each a unit of work"]
    for one in (found["alone"], found["rush"]):
        lines.append(
            f"{one['writers']:>4} writing at once: {one['per_second']:6.1f} a second, p50 {one['p50_ms']:.0f}, p95 {one['p95_ms']:.0f}, longest {one['max_ms']:.0f} ms, CPU {one['cpu_ms']:.1f} ms each;"
            f" {one['submissions']} submitted, {len(one['errors'])} errors, {one['lost']} lost, {one['doubled']} numbers given twice;"
            f" record of {one['audit_rows']} rows: {len(one['audit_faults'])} faults"
        )
        lines += [f"     {error}" for error in sorted(set(one["errors"]))[:3]]
    return lines


def pdf(found: dict[str, Any]) -> list[str]:
    """One decision of four pages."""
    return [
        "",
        f"PDF of {found['pages']} pages, tagged and archivable, not signed: CPU {found['cpu_ms']:.0f} ms, scaled {found['cpu_scaled_ms']:.0f}"
        f" (target 93: {verdict(found['cpu_scaled_ms'], 93)}, not binding yet; Hypha 94, untagged and with broken letters)",
    ]
