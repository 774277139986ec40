"""Addresses of people and organisations. Those of signing in belong to the library (see sign_in/)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from grants.accounts import actions, forms, identifiers, policy, queries
from grants.accounts.models import Invitation, MemberRole, Membership, Organisation, Role, StaffRole, User
from grants.accounts.sign_in import setting_up
from grants.base import audit
from grants.base.access import current_person, needs, public, signed_in
from grants.base.errors import Refused

blueprint = Blueprint("accounts", __name__)


def init_app(app: Flask) -> None:
    """Sign-in, and how templates show an IBAN."""
    setting_up.init_app(app)
    app.jinja_env.filters["iban"] = identifiers.spaced_iban
    app.jinja_env.globals.update(legal_forms=forms.LEGAL_FORMS, member_roles=forms.MEMBER_ROLES, staff_roles=forms.ROLES)


def _me() -> User:
    person = current_person()
    assert person is not None  # every address here that asks is for people who are signed in
    return person


def _done(message: str, endpoint: str, **values: Any) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for(endpoint, **values), 303)


def _tried(form: FlaskForm, action: Callable[[], Any]) -> tuple[Any, int]:
    """What the action gave and 0; or None and the status of its refusal, whose messages stand in the form then."""
    if not form.validate():
        return None, 422
    try:
        return action(), 0
    except Refused as refusal:
        for name, message in refusal.fields.items():
            form[name].errors = [*form[name].errors, str(message)]
        if not refusal.fields:
            form.form_errors.append(str(refusal.message))
        return None, refusal.status


def _typed(form: FlaskForm) -> dict[str, Any]:
    return {name: value or "" for name, value in form.data.items() if name != "csrf_token"}


# People, about themselves


@blueprint.get("/racun/preglejte-posto")
@public
def check_mail() -> ResponseReturnValue:
    """After registration: the address must be confirmed first."""
    return render_template("accounts/check_mail.html")


@blueprint.get("/racun/naprej")
@signed_in
def welcome() -> ResponseReturnValue:
    """After sign-in: an invitation that waits comes first, then the desk."""
    waiting = queries.invitations_for(_me())
    if waiting:
        return redirect(url_for("accounts.invitation_page", invitation_id=waiting[0].id))
    return redirect(url_for("desk.my_desk"))


@blueprint.get("/racun")
@signed_in
def account() -> ResponseReturnValue:
    """What we know about the person, and what can be changed."""
    person = _me()
    return render_template("accounts/account.html", person=person, invitations=queries.invitations_for(person))


@blueprint.route("/racun/podatki", methods=["GET", "POST"])
@signed_in
def profile() -> ResponseReturnValue:
    """Name and language."""
    form, status = forms.ProfileForm(obj=_me()), 200
    if request.method == "POST":
        _made, status = _tried(form, lambda: actions.change_profile(_me(), **_typed(form), by=_me()))
        if not status:
            return _done(_("Your data are saved."), "accounts.account")
    return render_template("accounts/profile.html", form=form), status


# Organisations


@blueprint.get("/organizacije")
@signed_in
def organisation_list() -> ResponseReturnValue:
    """The organisations for which the person acts."""
    return render_template("accounts/organisation_list.html", organisations=queries.organisations_of(_me()))


@blueprint.route("/organizacije/nova", methods=["GET", "POST"])
@signed_in
def new_organisation() -> ResponseReturnValue:
    """Enter an organisation."""
    form, status = forms.NewOrganisationForm(data={"language": _me().language}), 200
    if request.method == "POST":
        made, status = _tried(form, lambda: actions.register_organisation(by=_me(), **_typed(form)))
        if not status:
            return _done(_("The organisation is registered and you are its owner."), "accounts.organisation_page", organisation_id=made.id)
    return render_template("accounts/new_organisation.html", form=form), status


@blueprint.get("/organizacije/<int:organisation_id>")
@needs(policy.may_see_organisation, of=queries.get_organisation)
def organisation_page(organisation: Organisation) -> ResponseReturnValue:
    """One organisation, its people and what happened."""
    person = _me()
    return render_template(
        "accounts/organisation_page.html",
        organisation=organisation,
        members=queries.members_of(organisation),
        may_edit=bool(policy.may_edit_organisation(person, organisation)),
        may_manage=bool(policy.may_manage_members(person, organisation)),
        own=queries.find_membership(person, organisation.id),
        entries=queries.happened(organisation, audit.PARTY),
    )


@blueprint.route("/organizacije/<int:organisation_id>/uredi", methods=["GET", "POST"])
@needs(policy.may_edit_organisation, of=queries.get_organisation)
def edit_organisation(organisation: Organisation) -> ResponseReturnValue:
    """Correct the data of an organisation."""
    form, status = forms.OrganisationForm(obj=organisation), 200
    if request.method == "POST":
        _made, status = _tried(form, lambda: actions.change_organisation(organisation, by=_me(), **_typed(form)))
        if not status:
            return _done(_("The data of the organisation are saved."), "accounts.organisation_page", organisation_id=organisation.id)
    else:
        form.iban.data = identifiers.spaced_iban(organisation.iban)
    return render_template("accounts/edit_organisation.html", form=form, organisation=organisation), status


@blueprint.get("/organizacije/<int:organisation_id>/clani")
@needs(policy.may_manage_members, of=queries.get_organisation)
def member_list(organisation: Organisation) -> ResponseReturnValue:
    """Who acts for an organisation and who is invited."""
    return _members_page(organisation, forms.InvitationForm(), 200)


@blueprint.post("/organizacije/<int:organisation_id>/clani")
@needs(policy.may_manage_members, of=queries.get_organisation)
def invite_member(organisation: Organisation) -> ResponseReturnValue:
    """Invite a person by e-mail."""
    form = forms.InvitationForm()
    made, status = _tried(form, lambda: actions.invite(organisation, **_typed(form), by=_me()))
    if status:
        return _members_page(organisation, form, status)
    return _done(_("The invitation to %(email)s is on its way.", email=made.email), "accounts.member_list", organisation_id=organisation.id)


def _members_page(organisation: Organisation, form: forms.InvitationForm, status: int) -> ResponseReturnValue:
    page = render_template(
        "accounts/member_list.html",
        organisation=organisation,
        form=form,
        members=queries.members_of(organisation),
        invitations=queries.invitations_to(organisation),
    )
    return page, status


@blueprint.route("/organizacije/<int:organisation_id>/clani/<int:membership_id>", methods=["GET", "POST"])
@needs(policy.may_change_membership, of=queries.get_membership)
def change_member(membership: Membership) -> ResponseReturnValue:
    """Give a member another role."""
    form, status = forms.MemberRoleForm(obj=membership), 200
    if request.method == "POST":
        _made, status = _tried(form, lambda: actions.change_member_role(membership, MemberRole(str(form.role.data)), by=_me()))
        if not status:
            return _done(_("The role is changed."), "accounts.organisation_page", organisation_id=membership.organisation_id)
    return render_template("accounts/change_member.html", form=form, membership=membership), status


@blueprint.post("/organizacije/<int:organisation_id>/clani/<int:membership_id>/odstrani")
@needs(policy.may_remove_member, of=queries.get_membership)
def remove_member(membership: Membership) -> ResponseReturnValue:
    """A member goes, or is let go."""
    organisation, own = membership.organisation, membership.user_id == _me().id
    actions.remove_member(membership, by=_me())
    if own:
        return _done(_("You no longer act for %(name)s.", name=organisation.name), "accounts.organisation_list")
    return _done(_("The person no longer acts for the organisation."), "accounts.member_list", organisation_id=organisation.id)


@blueprint.post("/organizacije/<int:organisation_id>/vabila/<int:invitation_id>/umik")
@needs(policy.may_withdraw_invitation, of=queries.get_organisation_invitation)
def withdraw_invitation(invitation: Invitation) -> ResponseReturnValue:
    """Take an invitation back."""
    actions.withdraw_invitation(invitation, by=_me())
    return _done(_("The invitation is withdrawn."), "accounts.member_list", organisation_id=invitation.organisation_id)


@blueprint.get("/vabila/<int:invitation_id>")
@needs(policy.may_answer_invitation, of=queries.get_invitation)
def invitation_page(invitation: Invitation) -> ResponseReturnValue:
    """Who invites to what."""
    return render_template(
        "accounts/invitation_page.html", invitation=invitation, last_day=invitation.invited_at + queries.INVITATION_LASTS
    )


@blueprint.post("/vabila/<int:invitation_id>/sprejem")
@needs(policy.may_answer_invitation, of=queries.get_invitation)
def accept_invitation(invitation: Invitation) -> ResponseReturnValue:
    """Yes."""
    actions.accept_invitation(invitation, by=_me())
    message = _("You now act for %(name)s.", name=invitation.organisation.name)
    return _done(message, "accounts.organisation_page", organisation_id=invitation.organisation_id)


@blueprint.post("/vabila/<int:invitation_id>/zavrnitev")
@needs(policy.may_answer_invitation, of=queries.get_invitation)
def decline_invitation(invitation: Invitation) -> ResponseReturnValue:
    """No."""
    actions.decline_invitation(invitation, by=_me())
    return _done(_("The invitation is declined."), "accounts.account")


# The office


@blueprint.get("/ljudje")
@needs(policy.may_see_people)
def person_list() -> ResponseReturnValue:
    """Who holds which role in the office; and the way to anyone's account."""
    form, status = forms.FindPersonForm(request.args, meta={"csrf": False}), 200
    if "email" in request.args:
        status = 422
        if form.validate():
            found = queries.find_user(str(form.email.data))
            if found is not None:
                return redirect(url_for("accounts.person_page", user_id=found.id))
            form.email.errors = [_("There is no account with this address. The person must register first; that takes two minutes.")]
    return render_template("accounts/person_list.html", form=form, people=queries.staff_users()), status


@blueprint.get("/ljudje/<int:user_id>")
@needs(policy.may_see_person, of=queries.get_user)
def person_page(person: User) -> ResponseReturnValue:
    """One person: roles, second factor, what happened."""
    return _person_page(person, forms.RoleForm(), 200)


@blueprint.post("/ljudje/<int:user_id>/vloge")
@needs(policy.may_manage_person, of=queries.get_user)
def grant_role(person: User) -> ResponseReturnValue:
    """Give a role."""
    form = forms.RoleForm()
    _made, status = _tried(form, lambda: actions.grant_role(person, Role(str(form.role.data)), area=form.area.data or "", by=_me()))
    if status:
        return _person_page(person, form, status)
    return _done(_("The role is given."), "accounts.person_page", user_id=person.id)


def _person_page(person: User, form: forms.RoleForm, status: int) -> ResponseReturnValue:
    page = render_template(
        "accounts/person_page.html",
        person=person,
        form=form,
        may_manage=bool(policy.may_manage_person(_me(), person)),
        organisations=queries.organisations_of(person),
        entries=queries.happened(person, audit.STAFF),
    )
    return page, status


@blueprint.post("/ljudje/vloge/<int:role_id>/odvzem")
@needs(policy.may_revoke_role, of=queries.get_staff_role)
def revoke_role(held: StaffRole) -> ResponseReturnValue:
    """Take a role away."""
    actions.revoke_role(held, by=_me())
    return _done(_("The role is taken away."), "accounts.person_page", user_id=held.user_id)


@blueprint.post("/ljudje/<int:user_id>/druga-stopnja/odstrani")
@needs(policy.may_manage_person, of=queries.get_user)
def remove_second_factor(person: User) -> ResponseReturnValue:
    """For a person who lost the phone and the recovery codes."""
    actions.remove_second_factor(person, by=_me())
    return _done(
        _("The second factor is removed. At the next sign-in the person sets up a new one."), "accounts.person_page", user_id=person.id
    )
