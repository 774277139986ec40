"""The message to the applicant when a decision is issued. It is not the service of the act, and says so."""

from __future__ import annotations

from flask import current_app

from grants.applications.letters import state
from grants.base import mail
from grants.base.language import in_language, localized
from grants.decisions.models import Decision


def tell_party(decision: Decision) -> None:
    """Tell the organisation, in its language, that its decision is there."""
    organisation = decision.application.organisation
    with in_language(organisation.language):
        call_title = localized(decision.application.call.title)
    mail.post(
        to=organisation.email, language=organisation.language, event="decisions/issued", about=decision, state=lambda: state(decision.application, number=decision.application.number),
        organisation=organisation.name, call_title=call_title, number=decision.number, application_number=decision.application.number,
        address=address_of(f"{organisation.language}/odlocbe/{decision.id}"),
    )  # fmt: skip


def address_of(path: str) -> str | None:
    """A full address on this server, if the server knows its name (a job or a command has no request to take it from)."""
    settings = current_app.config["SETTINGS"]
    if not settings.server_name:
        return None
    return f"https://{settings.server_name}/{path}"
