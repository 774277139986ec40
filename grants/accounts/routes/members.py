"""Who acts for an organisation: members, invitations, and handing over."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from grants.accounts import actions, forms, policy, queries
from grants.accounts.models import Afterwards, Invitation, MemberRole, Membership, Organisation
from grants.accounts.routes.blueprint import blueprint, done, me, typed
from grants.base.access import needs
from grants.base.forms import tried


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
    made, status = tried(form, lambda: actions.invite(organisation, **typed(form), by=me()))
    if status:
        return _members_page(organisation, form, status)
    return done(_("The invitation to %(email)s is on its way.", email=made.email), "accounts.member_list", organisation_id=organisation.id)


def _members_page(organisation: Organisation, form: forms.InvitationForm, status: int) -> ResponseReturnValue:
    page = render_template(
        "accounts/member_list.html",
        organisation=organisation,
        form=form,
        members=queries.members_of(organisation),
        invitations=queries.invitations_to(organisation),
    )
    return page, status


@blueprint.route("/organizacije/<int:organisation_id>/prvi-lastnik", methods=["GET", "POST"])
@needs(policy.may_invite_first_owner, of=queries.get_organisation)
def invite_first_owner(organisation: Organisation) -> ResponseReturnValue:
    """The office invites the first owner of an organisation that applied on paper."""
    form, status = forms.FirstOwnerForm(), 200
    if request.method == "POST":
        made, status = tried(form, lambda: actions.invite_first_owner(organisation, email=str(form.email.data), by=me()))
        if not status:
            return done(
                _("The invitation to %(email)s is on its way.", email=made.email),
                "accounts.organisation_page",
                organisation_id=organisation.id,
            )
    page = render_template(
        "accounts/invite_first_owner.html", form=form, organisation=organisation, invitations=queries.invitations_to(organisation)
    )
    return page, status


@blueprint.route("/organizacije/<int:organisation_id>/clani/<int:membership_id>", methods=["GET", "POST"])
@needs(policy.may_change_membership, of=queries.get_membership)
def change_member(membership: Membership) -> ResponseReturnValue:
    """Give a member another role."""
    form, status = forms.MemberRoleForm(obj=membership), 200
    if request.method == "POST":
        _made, status = tried(form, lambda: actions.change_member_role(membership, MemberRole(str(form.role.data)), by=me()))
        if not status:
            return done(_("The role is changed."), "accounts.organisation_page", organisation_id=membership.organisation_id)
    return render_template("accounts/change_member.html", form=form, membership=membership), status


@blueprint.post("/organizacije/<int:organisation_id>/clani/<int:membership_id>/odstrani")
@needs(policy.may_remove_member, of=queries.get_membership)
def remove_member(membership: Membership) -> ResponseReturnValue:
    """A member goes, or is let go."""
    organisation, own = membership.organisation, membership.user_id == me().id
    actions.remove_member(membership, by=me())
    if own:
        return done(_("You no longer act for %(name)s.", name=organisation.name), "accounts.organisation_list")
    return done(_("The person no longer acts for the organisation."), "accounts.member_list", organisation_id=organisation.id)


@blueprint.route("/organizacije/<int:organisation_id>/predaja", methods=["GET", "POST"])
@needs(policy.may_manage_members, of=queries.get_organisation)
def hand_over(organisation: Organisation) -> ResponseReturnValue:
    """Somebody else becomes an owner, and this one stays or goes."""
    others = {str(one.id): one for one in queries.members_of(organisation) if one.user_id != me().id}
    form, status = forms.HandOverForm(), 200
    form.successor.choices = [SelectChoice(key, f"{one.user.name}, {one.user.email}") for key, one in others.items()]
    form.successor.choices.append(SelectChoice(forms.NEW_PERSON, _("A new person, whom I invite by e-mail")))
    if request.method == "POST":
        made, status = tried(form, lambda: _handed_over(organisation, form, others.get(str(form.successor.data))))
        if not status and made is not None:
            message = _("The invitation to %(email)s is on its way. Until it is accepted everything stays as it is.", email=made.email)
            return done(message, "accounts.member_list", organisation_id=organisation.id)
        if not status:
            stays = queries.find_membership(me(), organisation.id) is not None
            where = {"organisation_id": organisation.id} if stays else {}
            message = _("The organisation is handed over.")
            return done(message, "accounts.organisation_page" if stays else "accounts.organisation_list", **where)
    return render_template("accounts/hand_over.html", form=form, organisation=organisation), status


def _handed_over(organisation: Organisation, form: forms.HandOverForm, successor: Membership | None) -> Invitation | None:
    afterwards = Afterwards(str(form.afterwards.data))
    if successor is None:
        return actions.invite(organisation, email=str(form.email.data), role=MemberRole.OWNER, by=me(), afterwards=afterwards)
    actions.hand_over(organisation, successor, afterwards, by=me())
    return None


@blueprint.post("/organizacije/<int:organisation_id>/vabila/<int:invitation_id>/umik")
@needs(policy.may_withdraw_invitation, of=queries.get_organisation_invitation)
def withdraw_invitation(invitation: Invitation) -> ResponseReturnValue:
    """Take an invitation back."""
    actions.withdraw_invitation(invitation, by=me())
    return done(_("The invitation is withdrawn."), "accounts.member_list", organisation_id=invitation.organisation_id)


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
    actions.accept_invitation(invitation, by=me())
    message = _("You now act for %(name)s.", name=invitation.organisation.name)
    return done(message, "accounts.organisation_page", organisation_id=invitation.organisation_id)


@blueprint.post("/vabila/<int:invitation_id>/zavrnitev")
@needs(policy.may_answer_invitation, of=queries.get_invitation)
def decline_invitation(invitation: Invitation) -> ResponseReturnValue:
    """No."""
    actions.decline_invitation(invitation, by=me())
    return done(_("The invitation is declined."), "accounts.account")
