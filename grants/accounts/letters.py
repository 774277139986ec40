"""The messages that this stage sends. Those of signing in are written by the sign-in library (see sign_in/)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, has_request_context, url_for

from grants.accounts.models import Dispute, Invitation, StaffRole, User, VaultDocument
from grants.accounts.queries import INVITATION_LASTS
from grants.base import mail


def address(endpoint: str, language: str, **values: Any) -> str:
    """A full address in one language, for a message.

    The host is the configured one: what a request claims to be its host must not end up in a link that sets a password.
    """
    host = current_app.config["SETTINGS"].server_name
    if not host and has_request_context():
        return url_for(endpoint, lang=language, _external=True, **values)
    served_at = current_app.config["SETTINGS"].served_at
    scheme = "https" if host or not served_at else "http"
    return str(
        current_app.url_map.bind(host or served_at or "localhost", url_scheme=scheme).build(
            endpoint, {"lang": language, **values}, force_external=True
        )
    )


def invited(invitation: Invitation, known: User | None) -> None:
    """You are invited to act for an organisation."""
    language = known.language if known is not None else invitation.organisation.language
    mail.post(
        to=invitation.email,
        language=language,
        event="accounts/invited",
        about=invitation.organisation,
        name=known.name if known is not None else "",
        organisation=invitation.organisation.name,
        invited_by=invitation.invited_by.name,
        has_account=known is not None,
        link=address("accounts.invitation_page", language, invitation_id=invitation.id),
        register_link=address("security.register", language),
        last_day=invitation.invited_at + INVITATION_LASTS,
    )


def role_granted(person: User, held: StaffRole) -> None:
    """You have a new role in the office."""
    mail.post(
        to=person.email,
        language=person.language,
        event="accounts/role_granted",
        about=person,
        name=person.name,
        role=held.role,
        area=held.area,
        needs_second_factor=not person.has_second_factor,
        link=address("accounts.account", person.language),
    )


def dispute_answered(dispute: Dispute) -> None:
    """The office has answered what you said about the register."""
    person = dispute.raised_by
    mail.post(
        to=person.email,
        language=person.language,
        event="accounts/dispute_answered",
        about=dispute.organisation,
        name=person.name,
        organisation=dispute.organisation.name,
        text=dispute.text,
        answer=dispute.answer,
        link=address("accounts.organisation_page", person.language, organisation_id=dispute.organisation_id),
    )


def document_expires(document: VaultDocument, person: User) -> None:
    """A document in your vault expires soon."""
    mail.post(
        to=person.email,
        language=person.language,
        event="accounts/document_expires",
        about=document.organisation,
        name=person.name,
        organisation=document.organisation.name,
        title=document.title,
        expires_on=document.expires_on,
        link=address("accounts.vault", person.language, organisation_id=document.organisation_id),
    )


HOLD_A_KEY = frozenset(
    {"accounts/confirmation_instructions", "accounts/welcome", "accounts/welcome_existing", "accounts/reset_instructions"}
)
"""Messages with a link that opens an account: whoever shows stored mail to staff must not show their text."""


def of_sign_in(occasion: str, person: User, context: Mapping[str, Any]) -> None:
    """A message of the sign-in library: it names the occasion and the tokens, the words are in templates/mail/accounts/."""
    language = person.language
    links = {"sign_in": address("security.login", language), "forgotten": address("security.forgot_password", language)}
    if context.get("confirmation_token"):
        links["confirm"] = address("security.confirm_email", language, token=context["confirmation_token"])
    if context.get("reset_token"):
        links["reset"] = address("security.reset_password", language, token=context["reset_token"])
    mail.post(to=person.email, language=language, event=f"accounts/{occasion}", about=person, name=person.name, links=links)
