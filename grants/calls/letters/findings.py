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
    "bad_formula": (_l("The formula “%(value)s” cannot be read (%(problem)s)."), _l("Correct the formula. Allowed are numbers, names of questions, + − * /, comparisons, and, or, not, and the functions in the description of the format.")),
    "unknown_section": (_l("There is no section “%(name)s”."), _l("Add it under sections, or name another.")),
    "unknown_pot": (_l("There is no pot “%(name)s”."), _l("Name a pot of this rulebook.")),
    "unknown_fund": (_l("There is no fund “%(name)s”."), _l("Name a fund of this rulebook, or add it under funds.")),
    "unknown_criterion": (_l("There is no criterion “%(name)s” in this pot."), _l("Name a criterion of the same pot by its id.")),
    "unknown_fact": (_l("There is no question “%(name)s” in this track."), _l("Add it under facts, or correct the name.")),
    "language_missing": (_l("A text is missing in the language “%(language)s”."), _l("Add it here.")),
    "cyclic_leftovers": (_l("What is left over would run in a circle: %(pots)s."), _l("Let it end in a pot whose leftover goes nowhere.")),
    "rounding_missing": (_l("The pot “%(pot)s” does not say how it rounds and closes. Until it does: exact value of the point, whole cents, halves upwards."), _l("Add the rounding that the ordinance prescribes.")),
    "article_missing": (_l("The rule names no article."), _l("Name the article of the ordinance from which it comes.")),
    "criteria_missing": (_l("The pot “%(pot)s” has no criteria."), _l("Add criteria, or settle it by actual costs.")),
    "maxima_do_not_add_up": (_l("The criteria add up to %(sum)s points, not to %(declared)s."), _l("Correct one of the two. If the ordinance cuts the points above the maximum, write above_maximum: cut.")),
    "threshold_unreachable": (_l("The threshold of %(minimum)s points cannot be reached: at most %(reachable)s are possible."), _l("Lower it, or correct the criteria.")),
    "trimming_needs_three": (_l("Of fewer than three marks none can be left out."), _l("Ask for at least three marks.")),
    "maximum_unreachable": (_l("The maximum of %(maximum)s points cannot be reached: at most %(reachable)s are possible."), _l("Correct the maximum or the points.")),
    "unit_cap_missing": (_l("The number of units is limited only by the maximum of points."), _l("Add the greatest number of units, if the ordinance names one.")),
    "step_misses_maximum": (_l("The steps of the marks do not reach the maximum."), _l("Choose a step that divides the maximum.")),
    "fact_does_not_fit": (_l("“%(kind)s” cannot use “%(fact)s” (%(fact_kind)s)."), _l("Use another question, or another kind of rule.")),
    "unknown_choice": (_l("“%(choice)s” is not an answer of the question “%(fact)s”."), _l("Correct it, or add the answer to the question.")),
    "choice_without_points": (_l("The answer “%(choice)s” has no points and counts 0."), _l("Write 0 points, if that is meant.")),
    "band_gap": (_l("In “%(criterion)s” no band covers %(gap)s. What falls there counts as nothing."), _l("Close the gap, or accept that the ordinance leaves it.")),
    "band_overlap": (_l("Two bands cover the same values: %(at)s."), _l("Let one end before the other begins: from and to include the end, above and below do not.")),
    "balance_empty": (_l("The balance sets no share."), _l("Add the least or the largest share, for all groups or for one.")),
    "balance_impossible": (_l("The shares of the balance cannot all be kept (%(sum)s %%)."), _l("Lower the least shares, or raise the largest ones.")),
    "band_empty": (_l("The band %(band)s covers no value at all."), _l("Correct its ends.")),
    "category_without_amount": (_l("The category “%(choice)s” has no amount and gets nothing."), _l("Add its amount, or 0, if that is meant.")),
    "class_gap": (_l("Whoever fits none of the classes has none."), _l("Add a last class that takes all the others, or accept that some have no class.")),
    "class_unreachable": (_l("The class “%(class)s” can never be reached, because the one before it takes all the others."), _l("Put the class that takes all the others last.")),
    "class_without_table": (_l("The class “%(class)s” has no table and gets 0 points."), _l("Add its table, or accept that it has none.")),
    "closing_missing": (_l("The pot “%(pot)s” does not say what happens to the last cents."), _l("Add the closing that the ordinance prescribes.")),
    "descriptor_off_step": (_l("No mark can be %(points)s points, so this description is never used."), _l("Marks go in steps from the lowest to the maximum.")),
    "fund_unused": (_l("No pot is a part of the fund “%(fund)s”."), _l("Let pots name it, or remove it.")),
    "leftover_without_cap": (_l("Nothing limits an award in “%(pot)s”, so the first application there takes all that is left over."), _l("Add a ceiling to that pot.")),
    "request_not_of_item": (_l("Each item in “%(pot)s” may get the whole amount of “%(fact)s”, which is asked for only once in an application: together they could get more than was requested."), _l("Ask for the amount in each row of the table, and let that column be the ceiling.")),
    "minimum_above_cap": (_l("The smallest award is larger than the largest one."), _l("Correct one of the two.")),
    "minimum_off_unit": (_l("The smallest award is not a multiple of the unit of awards (%(unit)s EUR), so rounding may give less."), _l("Choose a multiple of the unit.")),
    "otherwise_missing": (_l("Whoever the criterion does not concern is not told why."), _l("Add a sentence for the decision.")),
    "percent_not_whole_cents": (_l("The percentage of the fund “%(fund)s” does not come to whole cents; it is cut."), _l("Choose another percentage, or give one part the remainder.")),
    "personal_fact_in_rule": (_l("A rule computes with “%(fact)s”, which is personal: its result could not be published and checked."), _l("Ask for it in a question that is not personal.")),
    "pots_do_not_add_up": (_l("The parts of the fund “%(fund)s” add up to %(sum)s %%."), _l("Correct the percentages, or give one part the remainder.")),
    "second_pass_on_items": (_l("A second pass compares applications, and in this pot every row is funded on its own."), _l("Leave out one of the two.")),
    "slices_do_not_add_up": (_l("The slices of the pot add up to %(sum)s %%."), _l("Correct them, so that they are 100 %% together.")),
    "tie_missing": (_l("The pot “%(pot)s” does not say who comes first among equals, although its money can end between two of them."), _l("Add the order that the ordinance prescribes.")),
    "remainder_of_counts": (_l("A fund cannot be what parts of “%(fund)s” leave whose size follows from a count: that is known only when the applications are."), _l("Give it a percentage, or make it a pot.")),
    "counts_differ": (_l("Parts of the fund “%(fund)s” are in proportion to counts of different things."), _l("Count the same in all of them and call it the same, or give each a rate.")),
    "two_remainders": (_l("Two parts take the remainder of the fund “%(fund)s”."), _l("Only one part can take the remainder.")),
    "units_do_not_fit": (_l("A formula puts together what has different units: %(left)s and %(right)s."), _l("Check the units of the questions, or convert one of them.")),
    "balance_unanswered": (_l("Not everybody has to answer “%(fact)s”, and whoever does not answer is in no group: no least or largest share holds for them."), _l("Make the question required, or accept that this is meant.")),
    "balance_leaves_money": (_l("The largest shares of all groups together do not use up the pot."), _l("Raise them, or accept that some money stays.")),
    "choice_twice": (_l("One answer stands twice, with its own points each time."), _l("Keep one of them.")),
    "condition_unreachable": (_l("No answers can ever meet this condition, so nobody could take part."), _l("Correct the formula, or the limits of the questions.")),
    "cyclic_funds": (_l("The funds are parts of one another in a circle, so none of them comes to an amount."), _l("Let one of them have an amount of its own.")),
    "divisor_is_zero": (_l("The divisor at character %(column)s of the formula is 0 whatever is answered, so nobody could get points by it."), _l("Correct the divisor, or the limits of the questions in it.")),
    "divisor_can_be_zero": (_l("The formula may divide by zero; then there are no points."), _l("Give the question a minimum, or write max(…, 1).")),
    "gate_unreachable": (_l("No points can meet this requirement, so nobody could get money."), _l("Correct the formula, or the criteria.")),
    "least_above_most": (_l("The least share of a group is larger than its largest one."), _l("Correct one of the two.")),
    "leftover_twice": (_l("The leftover goes to the same pot twice."), _l("Name each pot once.")),
    "minimum_above_pot": (_l("Not even one smallest award fits into the pot."), _l("Correct one of the two.")),
    "money_left_over": (_l("The parts do not use up the whole fund, so some of it is never divided."), _l("Give one part the remainder.")),
    "never_holds": (_l("The formula can never hold."), _l("Correct it, or remove the rule.")),
    "never_used": (_l("Nothing ever leads to this part of the rules."), _l("Remove it, or correct what should lead there.")),
    "norm_missing": (_l("A component is to be reduced by the norm, and the criterion has no norm."), _l("Add the norm, or do not reduce the component.")),
    "pot_empty": (_l("There is no money in this pot."), _l("Correct the amount, or the percentages of the fund.")),
    "pot_not_offered": (_l("Nobody can choose one of these pots, because it is not among the answers."), _l("Add it to the answers.")),
    "pot_twice": (_l("A pot stands twice in the list."), _l("Name each pot once.")),
    "relative_threshold_unreachable": (_l("Nobody can ever reach this threshold."), _l("Lower the percentage.")),
    "remainder_empty": (_l("The other parts leave nothing for the remainder."), _l("Lower one of them.")),
    "rule_after_lot": (_l("After a lot there is nothing left to decide, so this rule is never used."), _l("Put the lot last.")),
    "rule_twice": (_l("A rule for ties stands twice; the second one never decides."), _l("Keep one of them.")),
    "second_pass_nobody": (_l("Nobody can be in the groups of the second pass."), _l("Correct who takes part in it.")),
    "second_pass_without_effect": (_l("The second pass changes no points."), _l("Correct the factor or the points, or remove it.")),
    "several_answers_cut": (_l("Several answers together give more than the maximum, and what is above it is cut."), _l("Raise the maximum, or accept it.")),
    "share_without_maximum": (_l("A share of points out of the maximum needs a maximum, and the criteria have none."), _l("Add the maximum of the criteria, or shares by bands of points.")),
    "step_misses_minimum": (_l("The steps do not reach the minimum, so no mark can be it."), _l("Choose a step that divides the minimum.")),
    "table_empty": (_l("The table of a class gives no points for anything."), _l("Add its bands, units or answers.")),
    "asked_later": (_l("“%(fact)s” is asked later in the form, so nothing can depend on it here."), _l("Name an earlier question, or move this one behind it.")),
    "never_asked": (_l("No answers can ever lead to this question, so nobody is asked."), _l("Correct its when, or the limits of the questions that it looks at.")),
    "consent_without_proof": (_l("Whoever refuses the consent “%(fact)s” has no place to attach the proof."), _l("Add a file that is asked when the consent is refused.")),
    "worth_verified": (_l("What volunteer hours are worth (“%(fact)s”) is computed again from the verified hours, so it is not verified itself."), _l("Write with the hours which proof is needed or where they are checked.")),
    "plan_without_request": (_l("What is asked for (“%(fact)s”) is not among the income of the finance plan, so its two sides could never be equal."), _l("Add it to the income.")),
    "partners_without_budget": (_l("The finance plan does not say which partner bears a cost, so no partner has a budget of its own."), _l("Add to the cost lines a choice that says who bears them, and name it in the plan.")),
    "activity_optional": (_l("“%(fact)s” can stay empty, and an activity without a name is compared with no other."), _l("Require an answer to it.")),
    "activity_personal": (_l("“%(fact)s” is personal, and whoever enters the same activity is told its name."), _l("Name the activity in an answer that is not personal.")),
    "id_twice": (_l("The id “%(name)s” is used twice."), _l("Give each its own id.")),
}  # fmt: skip
TOO_MANY = (_l("There are too many parts here."), _l("Split them, or publish them as rulebooks of their own."))
NO_MAXIMUM = {
    "error": (_l("A share of the maximum needs a maximum of points, and the criteria have none."), _l("Add the maximum, or the shares by points.")),
    "warning": (_l("Nothing limits the points of “%(criterion)s”."), _l("Add the maximum, or accept that the ordinance sets none.")),
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
    by_severity = {"cap_missing": NO_CAP, "maximum_missing": NO_MAXIMUM}.get(finding.code)
    texts = by_severity[finding.severity] if by_severity is not None else SAID.get(finding.code)
    if finding.code == "too_large" and finding.path:
        texts = TOO_MANY
    if texts is None:
        return Said(finding, finding.message, finding.advice)
    try:
        message, advice = (str(text) % finding.params for text in texts)
    except (KeyError, ValueError):
        return Said(finding, finding.message, finding.advice)
    if finding.code == "unknown_key" and not finding.params.get("nearest"):
        advice = str(_l("Remove it, or look the key up in the description of the format."))
    return Said(finding, message, advice)
