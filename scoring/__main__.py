"""`python -m scoring lint | score | allocate | verify`: everything that a court or a journalist needs, without the web application."""

import argparse
import json
import sys
from pathlib import Path

from scoring.allocation import Allocation, AllocationError, allocate
from scoring.bundle import verify_bundle
from scoring.files import InputError, read_applicants
from scoring.findings import RulebookError
from scoring.lint import lint
from scoring.money import euros, number_text
from scoring.points import Sheet
from scoring.rulebook import Rulebook, read_rulebook


def _rulebook(path: str) -> Rulebook:
    try:
        return read_rulebook(Path(path).read_text(encoding="utf-8"), path)
    except RulebookError as error:
        raise InputError(str(error)) from None


def _print_sheets(sheets: list[Sheet], language: str) -> None:
    for sheet in sheets:
        print(f"{sheet.applicant}  {sheet.pot}  {number_text(sheet.total)} points{'' if sheet.passes else '  (below the threshold)'}")
        for line in sheet.lines:
            print(
                f"    {line.criterion}: {number_text(line.points)} of {number_text(line.maximum)}  {line.sentence(language) or '(no reason)'}"
            )


def _print_allocation(allocation: Allocation, explain: str | None, language: str) -> None:
    for result in allocation.results:
        print(
            f"{result.pot}: {euros(result.amount_cents)} EUR + {euros(result.joined_cents)} EUR joined = {euros(result.available_cents)} EUR"
        )
        for award in result.awards:
            print(f"    {award.applicant:<40} {number_text(award.points):>10} points {euros(award.amount_cents):>14} EUR")
            if explain == award.applicant:
                for step in award.steps:
                    print(f"        {step.sentence(language)}")
        print(
            f"    paid {euros(result.paid_cents)} EUR, residual {euros(result.residual_cents)} EUR{f' to {result.flowed_to}' if result.flowed_to else ''}"
        )


def _run(options: argparse.Namespace) -> int:
    if options.command == "lint":
        findings = lint(_rulebook(options.rulebook))
        for finding in findings:
            print(f"{options.rulebook}: {finding}")
        print("1 finding" if len(findings) == 1 else f"{len(findings)} findings")
        return 1 if findings else 0
    if options.command == "verify":
        try:
            data = json.loads(Path(options.bundle).read_text(encoding="utf-8"), parse_float=_no_float, parse_constant=_no_float)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{options.bundle}: {error}") from None
        verification = verify_bundle(data)
        for difference in verification.differences:
            print(difference)
        print(f"{verification.checked} awards recomputed, {len(verification.differences)} differ")
        return 1 if verification.differences or not verification.checked else 0
    rulebook = _rulebook(options.rulebook)
    applicants = read_applicants(options.facts, rulebook)
    sheets = applicants.sheets
    if options.explain and options.explain not in applicants.facts:
        raise InputError(f'{options.facts}: there is no applicant "{options.explain}"')
    if options.command == "score":
        if options.json:
            print(json.dumps([sheet.to_data() for sheet in sheets], ensure_ascii=False, indent=1))
        else:
            _print_sheets([sheet for sheet in sheets if options.explain in (None, sheet.applicant)], options.language)
        return 0
    try:
        allocation = allocate(rulebook, sheets, applicants.facts, order=applicants.order)
    except AllocationError as error:
        raise InputError(str(error)) from None
    if options.json:
        print(json.dumps(allocation.to_data(), ensure_ascii=False, indent=1))
    else:
        _print_allocation(allocation, options.explain, options.language)
    return 0


def _no_float(text: str) -> str:
    raise ValueError(f"the number {text} is not exact: amounts are whole cents, points are texts")


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: good; 1: findings or differences; 2: bad input, with its place."""
    parser = argparse.ArgumentParser(
        prog="python -m scoring", description="Published rules, points and awards, computed exactly and explained."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("lint", help="look for gaps, overlaps and missing rules").add_argument("rulebook")
    commands.add_parser("verify", help="recompute a published result to the cent").add_argument("bundle")
    for name, words in (("score", "points and reasons of every applicant"), ("allocate", "awards of every applicant")):
        command = commands.add_parser(name, help=words)
        command.add_argument("rulebook")
        command.add_argument("facts")
        command.add_argument("--json", action="store_true", help="for machines")
        command.add_argument("--explain", metavar="APPLICANT", help="only the points, or every step of the award, of one applicant")
        command.add_argument("--language", choices=("sl", "it", "en"), default="en")
    try:
        return _run(parser.parse_args(arguments))
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except (OSError, UnicodeDecodeError) as error:
        print(f"{error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
