"""What several organisations may do together: how many partners, and the activity that nobody may enter twice."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scoring.questions import Part
from scoring.values import Count, Id

MOST_PARTNERS = 9


class Partners(Part):
    """Organisations that do the programme together with the applicant. ``count`` is the fact that gets how many there are."""

    most: Annotated[Count, Field(le=MOST_PARTNERS)]
    article: str
    count: Id | None = None


class Activity(Part):
    """What is done: the text that names it, or the text column of a table with one in each row. It is entered in a call only once."""

    fact: Id
    column: Id | None = None
    article: str
