"""Everything that a page says about the rules of a call, under one name for templates."""

from grants.calls.letters.rules.amounts import maximum_said
from grants.calls.letters.rules.criteria import scale
from grants.calls.letters.rules.form import answer_said, kind_said
from grants.calls.letters.rules.formulas import condition_said, derived_said
from grants.calls.letters.rules.money import exclusives_said, funds_said, parts_of_fund
from grants.calls.letters.rules.pots import rules_said

__all__ = [
    "answer_said", "condition_said", "derived_said", "exclusives_said", "funds_said", "kind_said",
    "maximum_said", "parts_of_fund", "rules_said", "scale",
]  # fmt: skip
