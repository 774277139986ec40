"""What the language of rulebooks can say and these pages cannot carry out yet: refused when a call is published, never computed wrongly."""

from __future__ import annotations

from flask_babel import gettext as _

from grants.base.language import localized
from scoring.rulebook import Rulebook


def unsupported(rulebook: Rulebook) -> list[str]:
    """One sentence for each rule that these pages have no place for; empty when a call can be run with this rulebook."""
    said = []
    for _track, pot in rulebook.pots():
        title = localized(pot.title)
        if pot.items is not None and pot.panel_criteria:
            said.append(
                _("“%(pot)s”: the committee marks every row of a table on its own, and these pages have no place for that yet", pot=title)
            )
    if said:
        said[-1] += ". " + _("Such rules can be computed on the command line (python -m scoring)")
    return said
