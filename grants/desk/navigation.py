"""The short list of places at the top of every page: only what this person can use."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import gettext as _

from grants.accounts.models import Role
from grants.accounts.policy import holds
from grants.base.access import current_person
from grants.calls.policy import may_see_desk


def navigation() -> list[tuple[str, str, bool]]:
    """(label, address, whether it is the present page), in the order in which they are used."""
    places = [("calls.call_list", _("Calls")), ("transparency.result_list", _("Results"))]
    person = current_person()
    if person is not None:
        places.append(("desk.my_desk", _("My desk")))
        if may_see_desk(person):
            places.append(("calls.staff_calls", _("Calls of the office")))
        if any(holds(person, role) for role in (Role.ADMINISTRATOR, Role.AUDITOR)):
            places += [("desk.message_list", _("Mail")), ("desk.record", _("The record"))]
        if holds(person, Role.ADMINISTRATOR):
            places.append(("accounts.person_list", _("People")))
    return [(label, url_for(endpoint), request.endpoint == endpoint) for endpoint, label in places]
