"""Sheets and awards line by line, as the command line shows them, in Slovenian, Italian and English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from scoring.allocation import Allocation
from scoring.changes import smallest_changes
from scoring.conditions import condition_reason
from scoring.files import Applicants
from scoring.money import number_text
from scoring.points import Sheet
from scoring.reasons import counted
from scoring.rulebook import Rulebook
from scoring.settling import PotResult
from scoring.sheets import Line
from scoring.words_checks import figure, money

_WORDS: Mapping[str, Mapping[str, str]] = {
    "out": {"en": "  (does not pass)", "sl": "  (ne sodeluje pri delitvi)", "it": "  (non partecipa alla ripartizione)"},
    "of": {"en": " of {most}", "sl": " od {most}", "it": " su {most}"},
    "no_reason": {"en": "(no reason)", "sl": "(brez obrazložitve)", "it": "(senza motivazione)"},
    "pot": {
        "en": "{pot}: {own} + {joined} joined = {available}",
        "sl": "{pot}: {own} + iz drugih sredstev {joined} = {available}",
        "it": "{pot}: {own} + da altri fondi {joined} = {available}",
    },
    "rest": {
        "en": "paid {paid}{received}, residual {residual}{flows}",
        "sl": "razdeljeno {paid}{received}, ostanek {residual}{flows}",
        "it": "assegnati {paid}{received}, residuo {residual}{flows}",
    },
    "received": {"en": " + {received} received", "sl": " + prejeto {received}", "it": " + ricevuti {received}"},
    "flow": {"en": ", {cents} of it to {pot}", "sl": ", od tega {cents} v {pot}", "it": ", di cui {cents} a {pot}"},
    "change": {"en": "What would have changed it:", "sl": "Kaj bi spremenilo izid:", "it": "Che cosa avrebbe cambiato:"},
}


class Readable:
    """The lines for people of what was computed from one facts file, of one applicant in full if ``explain`` names it."""

    def __init__(self, rulebook: Rulebook, applicants: Applicants, explain: str | None, language: str) -> None:
        self.rulebook = rulebook
        self.applicants = applicants
        self.explain = explain
        self.language = language

    def say(self, key: str, **values: str) -> str:
        return _WORDS[key][self.language].format(**values)

    def money(self, cents: int) -> str:
        return money(cents, self.language)

    def number(self, points: Fraction) -> str:
        return figure(number_text(points), self.language)

    def points(self, points: Fraction, width: int = 0) -> str:
        return f"{self.number(points):>{width}} {counted(points, self.language)}"

    def sheets(self) -> Iterator[str]:
        """The points and reasons of everybody, or of the one who is explained."""
        for sheet in self.applicants.sheets:
            if self.explain not in (None, sheet.applicant):
                continue
            yield f"{sheet.applicant}  {sheet.pot}  {self.points(sheet.total)}{'' if sheet.passes else self.say('out')}"
            for line in sheet.lines:
                most = "" if line.maximum is None else self.say("of", most=self.number(line.maximum))
                item = f"#{line.item} " if line.item else ""
                reason = line.sentence(self.language) or self.say("no_reason")
                why = " ".join(part for part in (line.marks_sentence(self.language), reason) if part)
                yield f"    {item}{line.criterion}{_cited(line)}: {self.number(line.points)}{most}  {why}"
            for barrier in sheet.barriers:
                yield f"    {barrier.cited(self.language)}"
            if self.explain:
                yield from self.conditions(sheet)

    def conditions(self, sheet: Sheet) -> Iterator[str]:
        """The conditions that do not keep out whoever is explained; those that do stand among the barriers."""
        track, pot = self.rulebook.track_and_pot(sheet.pot)
        for condition in (*track.conditions, *pot.conditions):
            reason = condition_reason(track, condition, self.applicants.facts[sheet.applicant])
            if reason.code != "condition":
                yield f"    {reason.cited(self.language)}"

    def allocation(self, allocation: Allocation) -> Iterator[str]:
        """The awards of everybody, and every step of one."""
        for result in allocation.results:
            own, joined, available = (self.money(one) for one in (result.amount_cents, result.joined_cents, result.available_cents))
            yield self.say("pot", pot=result.pot, own=own, joined=joined, available=available)
            if result.size is not None:
                yield f"    {result.size.cited(self.language)}"
            for award in result.awards:
                yield f"    {award.applicant:<40} {self.points(award.points, 10)} {self.money(award.amount_cents):>18}"
                for item in award.items:
                    yield f"      #{item.item} {item.name:<35} {self.points(item.points, 10)} {self.money(item.amount_cents):>18}"
                if self.explain == award.applicant:
                    yield from self.points_of(award.applicant, result.pot)
                    for step in award.steps:
                        yield f"        {step.cited(self.language)}"
                    yield from self.changes(allocation, award.applicant, result.pot)
            yield self.rest(result)

    def points_of(self, applicant: str, pot: str) -> Iterator[str]:
        """The points that an award goes by, each with the article of its criterion."""
        sheet = next(one for one in self.applicants.sheets if (one.applicant, one.pot) == (applicant, pot))
        for line in sheet.lines:
            most = "" if line.maximum is None else self.say("of", most=self.number(line.maximum))
            item = f"#{line.item} " if line.item else ""
            yield f"        {item}{line.criterion}{_cited(line)}: {self.number(line.points)}{most}"

    def changes(self, allocation: Allocation, applicant: str, pot: str) -> Iterator[str]:
        """The smallest changes that would have altered an award."""
        given = self.applicants
        changes = smallest_changes(
            self.rulebook, given.sheets, given.facts, allocation, applicant, pot,
            order=given.order, lots=given.lots, decided=given.decided, owners=given.owners,
        )  # fmt: skip
        for change in changes:
            yield f"        {self.say('change')} {change.cited(self.language)}"

    def rest(self, result: PotResult) -> str:
        """What of a pot was divided, and where the rest went."""
        flows = "".join(self.say("flow", cents=self.money(cents), pot=target) for target, cents in result.flows)
        received = self.say("received", received=self.money(result.received_cents)) if result.received_cents else ""
        said = self.say(
            "rest", paid=self.money(result.paid_cents), received=received, residual=self.money(result.residual_cents), flows=flows
        )
        return f"    {said}"


def _cited(line: Line) -> str:
    return f" ({line.article})" if line.article else ""
