"""People: what each may change about themselves, and who holds which role in the office. Signing in is the library's (see sign_in/)."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from grants.accounts import actions, forms, policy, queries
from grants.accounts.models import Role, StaffRole, User
from grants.accounts.routes.blueprint import blueprint, done, me, typed
from grants.base import audit
from grants.base.access import needs, public, signed_in
from grants.base.forms import tried


@blueprint.get("/racun/preglejte-posto")
@public
def check_mail() -> ResponseReturnValue:
    """After registration: the address must be confirmed first."""
    return render_template("accounts/check_mail.html")


@blueprint.get("/racun/naprej")
@signed_in
def welcome() -> ResponseReturnValue:
    """After sign-in: an invitation that waits comes first, then the desk."""
    waiting = queries.invitations_for(me())
    if waiting:
        return redirect(url_for("accounts.invitation_page", invitation_id=waiting[0].id))
    return redirect(url_for("desk.my_desk"))


@blueprint.get("/racun")
@signed_in
def account() -> ResponseReturnValue:
    """What we know about the person, and what can be changed."""
    person = me()
    return render_template("accounts/account.html", person=person, invitations=queries.invitations_for(person))


@blueprint.route("/racun/podatki", methods=["GET", "POST"])
@signed_in
def profile() -> ResponseReturnValue:
    """Name and language."""
    form, status = forms.ProfileForm(obj=me()), 200
    if request.method == "POST":
        _made, status = tried(form, lambda: actions.change_profile(me(), **typed(form), by=me()))
        if not status:
            return done(_("Your data are saved."), "accounts.account")
    return render_template("accounts/profile.html", form=form), status


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
    _made, status = tried(form, lambda: actions.grant_role(person, Role(str(form.role.data)), area=form.area.data or "", by=me()))
    if status:
        return _person_page(person, form, status)
    return done(_("The role is given."), "accounts.person_page", user_id=person.id)


def _person_page(person: User, form: forms.RoleForm, status: int) -> ResponseReturnValue:
    page = render_template(
        "accounts/person_page.html",
        person=person,
        form=form,
        may_manage=bool(policy.may_manage_person(me(), person)),
        organisations=queries.organisations_of(person),
        entries=queries.happened(person, audit.STAFF),
    )
    return page, status


@blueprint.post("/ljudje/vloge/<int:role_id>/odvzem")
@needs(policy.may_revoke_role, of=queries.get_staff_role)
def revoke_role(held: StaffRole) -> ResponseReturnValue:
    """Take a role away."""
    actions.revoke_role(held, by=me())
    return done(_("The role is taken away."), "accounts.person_page", user_id=held.user_id)


@blueprint.post("/ljudje/<int:user_id>/druga-stopnja/odstrani")
@needs(policy.may_manage_person, of=queries.get_user)
def remove_second_factor(person: User) -> ResponseReturnValue:
    """For a person who lost the phone and the recovery codes."""
    actions.remove_second_factor(person, by=me())
    return done(
        _("The second factor is removed. At the next sign-in the person sets up a new one."), "accounts.person_page", user_id=person.id
    )
