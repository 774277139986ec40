"""`python -m scoring lint | score | allocate | stability | verify | diff | schema`: what a court or a journalist needs, without the web application."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from scoring.allocation import AllocationError, allocate
from scoring.bundle import verify_bundle
from scoring.bundle_shape import not_a_bundle
from scoring.differences import diff_bundles
from scoring.files import Applicants, InputError, not_text, read_applicants
from scoring.findings import Finding, RulebookError
from scoring.lint import look
from scoring.money import NumberError, number, number_text
from scoring.points import ScoringError
from scoring.readable import Readable
from scoring.rulebook import Rulebook, read_rulebook
from scoring.schema import schema_text
from scoring.stability import Case, Report, Trial, stability
from scoring.words_checks import figure, money, told


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise not_text(path, error) from None


def _rulebook(path: str) -> Rulebook:
    try:
        return read_rulebook(_text(path), path)
    except RulebookError as error:
        raise InputError(str(error)) from None


def _looked_at(path: str) -> tuple[Rulebook | None, tuple[Finding, ...]]:
    """The rulebook, None if it cannot be used, and everything there is to say of it."""
    try:
        return look(_text(path), path)
    except InputError as error:
        line, column = error.at
        return None, (Finding("error", "not_text", line, column, "(whole file)", error.problem, "Save the file as UTF-8 text."),)


def _bundle(path: str) -> Any:
    try:
        return json.loads(_text(path), parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        advice = "it may be cut off or changed: download it again"
        raise InputError(
            f"{path}: line {error.lineno}, column {error.colno}: this is not the JSON of a published result; {advice}"
        ) from None
    except RecursionError:
        raise InputError(f"{path}: this is nested too deeply for a published result") from None
    except ValueError as error:
        raise InputError(f"{path}: {error}") from None


def _no_float(text: str) -> str:
    raise ValueError(f"the number {text} is not exact: amounts are whole cents, points are texts")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for index, (key, _) in enumerate(pairs) if key in dict(pairs[:index]))
        raise ValueError(f'the key "{twice}" stands twice in one place, so it is not clear which counts')
    return found


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=1))


def _print_stability(report: Report, language: str) -> None:
    shifting = [trial for trial in report.trials if trial.shifts or trial.refused]
    for trial in shifting:
        print(_named(trial, language))
        if trial.refused:
            print(f"    {told('refused', language, cause=trial.refused)}")
        for shift in trial.shifts:
            before, after = money(shift.before_cents, language), money(shift.after_cents, language)
            print(f"    {shift.applicant} {shift.pot}: {told(shift.what, language)}, {before} -> {after}")
    awards = report.unstable_awards()
    percent = figure(number_text(report.percent), language)
    print(told("trials", language, trials=len(report.trials), awards=len(awards), percent=percent))


def _named(trial: Trial, language: str) -> str:
    if trial.kind == "member":
        return told("without", language, member=trial.member)
    who = f"{trial.member}: " if trial.member else ""
    place = f"{trial.applicant} {trial.pot} {trial.criterion}{f' #{trial.item}' if trial.item else ''}"
    before, after = (figure(number_text(points), language) for points in (trial.before, trial.after))
    return f"{who}{place} {before} -> {after}:"


def _run(options: argparse.Namespace) -> int:
    if options.command == "schema":
        print(schema_text(), end="")
        return 0
    if options.command == "lint":
        rulebook, findings = _looked_at(options.rulebook)
        ends = 2 if rulebook is None else 1 if findings else 0
        if options.json:
            _print_json([vars(finding) | {"params": dict(finding.params)} for finding in findings])
            return ends
        if rulebook is None:
            raise InputError("\n".join((options.rulebook, *map(str, findings))))
        for finding in findings:
            print(f"{options.rulebook}: {finding}")
        print("1 finding" if len(findings) == 1 else f"{len(findings)} findings")
        return ends
    if options.command == "verify":
        return _verify(options)
    if options.command == "diff":
        return _diff(options)
    rules = _rulebook(options.rulebook)
    applicants = read_applicants(options.facts, rules)
    try:
        return _compute(options, rules, applicants)
    except AllocationError as error:
        raise InputError(_refusals(options.facts, applicants, error)) from None
    except ScoringError as error:
        raise InputError(f"{options.facts}: {error}") from None


def _published(path: str) -> Any:
    """A published result with the shape of one."""
    data = _bundle(path)
    unreadable = not_a_bundle(data)
    if unreadable:
        raise InputError("\n".join(f"{path}: {words}" for words in unreadable))
    return data


def _verify(options: argparse.Namespace) -> int:
    data, earlier = _published(options.bundle), [_published(path) for path in options.earlier]
    language = options.language
    verification = verify_bundle(data, earlier, language)
    if not verification.readable:
        raise InputError("\n".join(f"{options.bundle}: {words}" for words in verification.differences))
    before = [
        f"{path}: {words}"
        for path, one in zip(options.earlier, earlier, strict=True)
        for words in verify_bundle(one, language=language).differences
    ]
    differences = [*before, *verification.differences]
    if options.json:
        _print_json({"checked": verification.checked, "differences": differences})
    else:
        for difference in differences:
            print(difference)
        print(told("checked", language, checked=verification.checked, number=len(differences)))
    return 1 if differences or not verification.checked else 0


def _diff(options: argparse.Namespace) -> int:
    differences = diff_bundles(_published(options.first), _published(options.second), options.language)
    if options.json:
        _print_json({"differences": differences})
    else:
        for difference in differences:
            print(difference)
        print(told("one_difference" if len(differences) == 1 else "differences", options.language, number=len(differences)))
    return 1 if differences else 0


def _refusals(path: str, applicants: Applicants, error: AllocationError) -> str:
    """What cannot be divided, each mistake with its place in the facts file."""
    found = []
    for one in (error, *error.others):
        pot, name = one.params.get("pot", ""), one.params.get("applicant", "")
        places = (applicants.paths.get(key) for key in ((name, f"{pot} amount"), (name.partition(" #")[0], pot)))
        place = next((place for place in places if place is not None), ())
        advice = ""
        if one.code == "lot_needed":
            names = one.params["applicants"].split(", ")
            place, advice = (
                ("lots",),
                f" at the top of the file, lots: {{{', '.join(f'{name}: {lot}' for lot, name in enumerate(names, 1))}}}",
            )
        found.append((applicants.place(place), f"{one}{advice}"))
    return "\n".join(f"{path}: line {line}, column {column}: {words}" for (line, column), words in sorted(found))


def _compute(options: argparse.Namespace, rulebook: Rulebook, applicants: Applicants) -> int:
    if options.command == "stability":
        try:
            percent = number(options.percent)
        except NumberError:
            raise InputError(f'--percent: "{options.percent}" is not a number') from None
        if percent < 0:
            raise InputError("--percent: a change is at least 0 %")
        case = Case(rulebook, applicants.entries, applicants.order, applicants.lots, applicants.decided, owners=applicants.owners)
        report = stability(case, percent)
        if options.json:
            _print_json(report.to_data())
        else:
            _print_stability(report, options.language)
        return 0 if report.stable else 1
    sheets = applicants.sheets
    if options.explain and options.explain not in applicants.facts:
        raise InputError(f'{options.facts}: there is no applicant "{options.explain}"')
    readable = Readable(rulebook, applicants, options.explain, options.language)
    if options.command == "score":
        if options.json:
            _print_json([sheet.to_data() for sheet in sheets])
        else:
            for line in readable.sheets():
                print(line)
        return 0
    allocation = allocate(
        rulebook,
        sheets,
        applicants.facts,
        order=applicants.order,
        lots=applicants.lots,
        decided=applicants.decided,
        owners=applicants.owners,
    )
    if options.json:
        _print_json(allocation.to_data())
    else:
        for line in readable.allocation(allocation):
            print(line)
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: good; 1: findings, differences or an unstable result; 2: bad input, with its place."""
    parser = argparse.ArgumentParser(
        prog="python -m scoring", description="Published rules, points and awards, computed exactly and explained."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    linter = commands.add_parser("lint", help="look for gaps, overlaps and missing rules")
    linter.add_argument("rulebook")
    linter.add_argument("--json", action="store_true", help="for machines")
    verifier = commands.add_parser("verify", help="recompute a published result to the cent")
    verifier.add_argument("bundle")
    verifier.add_argument("earlier", nargs="*", help="results from which a leftover was carried over")
    differ = commands.add_parser("diff", help="what differs between two published results")
    differ.add_argument("first", metavar="BUNDLE")
    differ.add_argument("second", metavar="BUNDLE")
    for command in (verifier, differ):
        command.add_argument("--json", action="store_true", help="for machines")
    commands.add_parser("schema", help="the JSON Schema of a rulebook, for editors")
    stable = commands.add_parser("stability", help="which awards one member, or one step of one mark, would shift")
    stable.add_argument("--percent", default="10", help="by how much an award must change to count (10)")
    for name, words in (("score", "points and reasons of every applicant"), ("allocate", "awards of every applicant")):
        commands.add_parser(name, help=words)
    for command in (commands.choices[name] for name in ("stability", "score", "allocate")):
        command.add_argument("rulebook")
        command.add_argument("facts")
        command.add_argument("--json", action="store_true", help="for machines")
    for command in (commands.choices[name] for name in ("score", "allocate")):
        command.add_argument("--explain", metavar="APPLICANT", help="only the points, or every step of the award, of one applicant")
    for command in (commands.choices[name] for name in ("score", "allocate", "stability", "verify", "diff")):
        command.add_argument("--language", choices=("sl", "it", "en"), default="en")
    try:
        return _run(parser.parse_args(arguments))
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever reads the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"{error.filename}: this file cannot be read: {error.strerror}. Check the name and the folder.", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
