"""What an applicant's own answers would give before anybody has judged them: an estimate, shown while the application is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import render_template
from markupsafe import Markup

from grants.applications import conditions
from grants.applications.models import Application
from grants.applications.queries import track_of
from grants.base.language import current_language
from scoring import points
from scoring.questions import Text
from scoring.sharing import Pot

MOST_POTS = 12
_COMPUTED: dict[tuple[str, str, str], Pot] = {}
_MOST_KEPT = 500


@dataclass(frozen=True)
class PotEstimate:
    """The points in one pot that follow from the answers, and what the committee can add to them."""

    title: Text
    lines: Sequence[points.Line]
    points: Fraction
    judged: Fraction | None
    threshold: Fraction | None


def estimates(application: Application, values: Mapping[str, Any]) -> list[PotEstimate]:
    """For every pot in which the applicant could compete by these answers.

    A condition that still waits for an answer closes nothing: the declarations come last, and points are of use before.
    """
    track = track_of(application.call, application.track)
    standing = conditions.for_applicant(application, track, values, conditions.unanswered(track, values))
    if any(one.standing == conditions.Standing.UNMET for one in standing.conditions):
        return []
    found = []
    for pot, checked in zip(track.pots[:MOST_POTS], standing.pots, strict=False):
        if checked.closed:
            continue
        rest = _computed_part(application.call.rulebook_sha256, application.track, pot)
        if not rest.criteria:
            continue
        try:
            sheet = points.score(track, rest, "", values)
        except points.ScoringError:
            continue
        most = [one.maximum for one in pot.panel_criteria]
        judged = None if None in most else sum((one for one in most if one is not None), Fraction(0))
        threshold = pot.threshold.minimum if pot.threshold is not None else None
        lines = tuple(sheet.lines)
        found.append(PotEstimate(pot.title, lines, sum((line.points for line in lines), Fraction(0)), judged, threshold))
    return found


def _computed_part(rulebook: str, track: str, pot: Pot) -> Pot:
    """The pot without what people judge; made once, since compiling costs more than scoring."""
    key = (rulebook, track, pot.id)
    known = _COMPUTED.get(key)
    if known is None:
        if len(_COMPUTED) >= _MOST_KEPT:
            _COMPUTED.clear()
        criteria = tuple(criterion for criterion in pot.criteria if criterion.kind != "panel")
        without = {"criteria": criteria, "threshold": None, "gates": (), "maximum_points": None}
        known = _COMPUTED[key] = pot.model_copy(update=without)
    return known


def fragment(application: Application, values: Mapping[str, Any]) -> Markup:
    """The estimate as it stands beside the answers; empty where no points follow from them."""
    found = estimates(application, values)
    if not found:
        return Markup()
    return Markup(render_template("evaluation/_estimate.html", estimates=found, spoken=current_language()))  # noqa: S704 - the template escapes
