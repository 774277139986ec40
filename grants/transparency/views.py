"""What the public pages show, put together from reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grants.applications import joint
from grants.base.language import localized
from grants.calls.models import Call
from grants.decisions.distribution import PotShown, pot_shown
from grants.decisions.models import Decision
from grants.transparency.queries import adopted, decisions_in, public_pots
from scoring.money import number_text


@dataclass(frozen=True)
class PotResult:
    """One pot: how it was divided, who got what, and how many got nothing (never who)."""

    track_title: str
    shown: PotShown
    awards: list[Decision]
    below_threshold: int
    others_without: int

    @property
    def threshold(self) -> str | None:
        """The least number of points, if the rules have one."""
        pot = self.shown.pot
        least = pot.threshold.minimum if pot.threshold else None
        return None if least is None else number_text(least)


def pots_of(call: Call) -> list[PotResult]:
    """The public pots of a call in the order of the rules. Three queries for any number of awards, four where there are partners."""
    public = public_pots(call)
    if not public:
        return []
    decisions = decisions_in(call)
    joint.load_partners([decision.award.application for decision in decisions])
    results: dict[str, Mapping[str, Any]] = {
        result["pot"]: result for proposal in adopted(call) for result in proposal.allocation["results"]
    }
    rulebook = call.rulebook
    pots = []
    for track, pot in rulebook.pots():
        if pot.id not in public:
            continue
        own = [decision for decision in decisions if decision.award.pot == pot.id]
        without = [decision for decision in own if not decision.amount_cents]
        below = sum(not decision.award.passes for decision in without)
        pots.append(
            PotResult(
                localized(track.title),
                pot_shown(rulebook, results[pot.id], []),
                [one for one in own if one.amount_cents],
                below,
                len(without) - below,
            )
        )
    return pots
