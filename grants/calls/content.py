"""What the text of a call must say before it may be published (ZJF 106.i(2)), and what it may say besides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Part:
    """One part of the text, stored under its id in every language of the call."""

    id: str
    title: LazyString
    help: LazyString
    mandatory: bool = True


PARTS = (
    Part("grantor", _l("Who publishes the call"), _l("Name and seat of the grantor.")),
    Part("legal_basis", _l("Legal basis"), _l("The acts and articles on which the call rests.")),
    Part("subject", _l("What is co-financed"), _l("The subject of the call, in one or two sentences that a volunteer understands.")),
    Part("conditions_and_criteria", _l("Conditions and criteria"), _l("Who may apply, and by what the applications are judged. The tables of criteria are added from the rulebook.")),  # fmt: skip
    Part("amount", _l("Available amount"), _l("The amount of the call, and of each of its parts.")),
    Part("financing", _l("Way of financing"), _l("How the money is divided and paid, and what share is co-financed.")),
    Part("how_to_apply", _l("How and until when to apply"), _l("Where the application is filed, until when, and with what.")),
    Part("selection", _l("How the applications are chosen"), _l("Opening, supplements, the committee, who decides and by when.")),
    Part("drawing_period", _l("When the money is used"), _l("The foreseen beginning and end of the drawing of funds.")),
    Part("documentation", _l("Where to get the documentation"), _l("Where, when and from whom the documentation is had.")),
    Part("contact", _l("Contact"), _l("Who answers questions: name, e-mail, telephone, hours.")),
    Part("competence", _l("Who decides"), _l("Who decides, and on what provision. Printed in the decisions."), mandatory=False),
    Part("procurement", _l("Public procurement"), _l("The duty to follow the law on public procurement, where it applies."), mandatory=False),
    Part("notes", _l("Notes"), _l("Anything else that applicants should know."), mandatory=False),
)  # fmt: skip
MANDATORY = tuple(part for part in PARTS if part.mandatory)
BY_ID = {part.id: part for part in PARTS}
LONGEST = 20_000


def missing(content: dict[str, Any], languages: list[str]) -> Iterator[tuple[Part, str]]:
    """Each mandatory part that is not there yet, with the language in which it lacks."""
    for part in MANDATORY:
        for language in languages:
            if not str((content.get(part.id) or {}).get(language) or "").strip():
                yield part, language


def paragraphs(text: str) -> list[str]:
    """A text, split where people left an empty line."""
    return [one.strip() for one in text.replace("\r\n", "\n").split("\n\n") if one.strip()]
