"""What the linter found, said in the reader's language by the code of the finding; an unknown code falls back to its own words."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from scoring.findings import Finding

# code -> (what is wrong, what to do); placeholders are the parameters of the finding
SAID: dict[str, tuple[LazyString, LazyString]] = {
    "not_yaml": (_l("The file cannot be read as YAML: %(problem)s."), _l("Look at the indentation and the quotes around this place.")),
    "not_a_rulebook": (_l("This is not a rulebook."), _l("Begin with format, id, version, title, languages and tracks.")),
    "too_large": (_l("The file is too large."), _l("A rulebook holds rules only; publish documents beside it.")),
    "too_deep": (_l("The file is nested too deeply."), _l("A rulebook is flat: look the key up in the description of the format.")),
    "key_twice": (_l("The key “%(key)s” stands twice."), _l("Keep one of them.")),
    "unknown_key": (_l("The key “%(key)s” is not known here."), _l("Correct or remove it. Closest known key: “%(nearest)s”.")),
    "missing_key": (_l("The key “%(key)s” is missing."), _l("Add it here.")),
    "unknown_value": (_l("“%(value)s” is not possible here."), _l("Use one of these: %(expected)s.")),
    "bad_value": (_l("The value “%(value)s” cannot be used (%(problem)s)."), _l("Correct this value.")),
    "bad_formula": (_l("The formula “%(value)s” cannot be read (%(problem)s)."), _l("Correct the formula. Allowed are numbers, names of questions, + − * /, min, max, floor, count and total.")),
    "unknown_section": (_l("There is no section “%(name)s”."), _l("Add it under sections, or name another.")),
    "unknown_pot": (_l("There is no pot “%(name)s”."), _l("Name a pot of this rulebook.")),
    "unknown_fact": (_l("There is no question “%(name)s” in this track."), _l("Add it under facts, or correct the name.")),
    "language_missing": (_l("A text is missing in the language “%(language)s”."), _l("Add it here.")),
    "cyclic_leftovers": (_l("What is left over would run in a circle: %(pots)s."), _l("Let it end in a pot whose leftover goes nowhere.")),
    "rounding_missing": (_l("The pot “%(pot)s” does not say how it rounds and closes. Until it does: exact value of the point, whole cents, halves upwards."), _l("Add the rounding that the ordinance prescribes.")),
    "article_missing": (_l("The rule names no article."), _l("Name the article of the ordinance from which it comes.")),
    "criteria_missing": (_l("The pot “%(pot)s” has no criteria."), _l("Add criteria, or settle it by actual costs.")),
    "maxima_do_not_add_up": (_l("The criteria add up to %(sum)s points, not to %(declared)s."), _l("Correct one of the two.")),
    "threshold_unreachable": (_l("The threshold of %(minimum)s points cannot be reached: at most %(reachable)s are possible."), _l("Lower it, or correct the criteria.")),
    "trimming_needs_three": (_l("Of fewer than three marks none can be left out."), _l("Ask for at least three marks.")),
    "maximum_unreachable": (_l("The maximum of %(maximum)s points cannot be reached: at most %(reachable)s are possible."), _l("Correct the maximum or the points.")),
    "unit_cap_missing": (_l("The number of units is limited only by the maximum of points."), _l("Add the greatest number of units, if the ordinance names one.")),
    "step_misses_maximum": (_l("The steps of the marks do not reach the maximum."), _l("Choose a step that divides the maximum.")),
    "fact_does_not_fit": (_l("A criterion of the kind “%(kind)s” cannot use the question “%(fact)s” (%(fact_kind)s)."), _l("Use another question, or another kind of criterion.")),
    "unknown_choice": (_l("“%(choice)s” is not an answer of the question “%(fact)s”."), _l("Correct it, or add the answer to the question.")),
    "choice_without_points": (_l("The answer “%(choice)s” has no points and counts 0."), _l("Write 0 points, if that is meant.")),
    "band_gap": (_l("In the criterion “%(criterion)s” no band covers %(gap)s. What falls there gets 0 points."), _l("Close the gap, or accept that the ordinance leaves it.")),
    "band_overlap": (_l("Two bands cover the same values: %(at)s."), _l("Let one end before the other begins: from and to include the end, above and below do not.")),
    "id_twice": (_l("The id “%(name)s” is used twice."), _l("Give each its own id.")),
}  # fmt: skip
NO_CAP = {
    "error": (_l("A share of the request needs to know the request."), _l("Name the question that asks for the amount.")),
    "warning": (_l("Nothing limits an award, not even what was asked for."), _l("Name the question that asks for the amount: an award may not exceed it.")),
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A finding for the page."""

    finding: Finding
    message: str
    advice: str


def say(finding: Finding) -> Said:
    """A finding in the reader's language."""
    texts = NO_CAP[finding.severity] if finding.code == "cap_missing" else SAID.get(finding.code)
    if texts is None:
        return Said(finding, finding.message, finding.advice)
    try:
        message, advice = (str(text) % finding.params for text in texts)
    except (KeyError, ValueError):
        return Said(finding, finding.message, finding.advice)
    if finding.code == "unknown_key" and not finding.params.get("nearest"):
        advice = str(_l("Remove it, or look the key up in the description of the format."))
    return Said(finding, message, advice)
