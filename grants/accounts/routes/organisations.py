"""Organisations: entering them, from the business register or by hand, their page, and what the register says about them."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from grants.accounts import actions, forms, identifiers, policy, queries
from grants.accounts.models import Organisation, RegisterUnit, Role
from grants.accounts.register import facts
from grants.accounts.routes.blueprint import blueprint, done, me, typed
from grants.base import audit
from grants.base.access import needs, signed_in
from grants.base.forms import tried


@blueprint.get("/organizacije")
@signed_in
def organisation_list() -> ResponseReturnValue:
    """The organisations for which the person acts."""
    return render_template("accounts/organisation_list.html", organisations=queries.organisations_of(me()))


@blueprint.route("/organizacije/nova", methods=["GET", "POST"])
@signed_in
def new_organisation() -> ResponseReturnValue:
    """Enter an organisation: first its number, and only what the register does not know is typed."""
    if request.method == "POST":
        return _look_up() if "number" in request.form else _enter_by_hand()
    if queries.find_snapshot() is None:
        return _typed_page(forms.NewOrganisationForm(data={"language": me().language}), 200)
    return _look_up_page(forms.LookUpForm(data={"email": me().email}), 200)


def _look_up() -> ResponseReturnValue:
    form = forms.LookUpForm()
    if not form.validate():
        return _look_up_page(form, 422)
    number = identifiers.organisation_number(str(form.number.data))
    unit = queries.find_unit(number)
    if unit is not None:
        session[_EMAIL] = form.email.data
        return redirect(url_for("accounts.confirm_organisation", number=unit.registration_number), 303)
    which = "tax_number" if len(number) == 8 else "registration_number"
    known = {which: number, "email": form.email.data, "language": me().language}
    return _typed_page(forms.NewOrganisationForm(formdata=None, data=known), 200)


def _look_up_page(form: forms.LookUpForm, status: int) -> ResponseReturnValue:
    return render_template("accounts/_look_up.html", form=form, snapshot=queries.find_snapshot()), status


def _enter_by_hand() -> ResponseReturnValue:
    form = forms.NewOrganisationForm()
    try:
        made, status = tried(form, lambda: actions.register_organisation(by=me(), **typed(form)), but=(actions.InTheRegister,))
    except actions.InTheRegister as refusal:
        g.roll_back = True
        session[_EMAIL] = form.email.data
        flash(str(refusal.message))
        return redirect(url_for("accounts.confirm_organisation", number=refusal.unit.registration_number), 303)
    if status:
        return _typed_page(form, status)
    return done(_("The organisation is registered and you are its owner."), "accounts.organisation_page", organisation_id=made.id)


def _typed_page(form: forms.NewOrganisationForm, status: int) -> ResponseReturnValue:
    return render_template("accounts/new_organisation.html", form=form, snapshot=queries.find_snapshot()), status


@blueprint.route("/organizacije/nova/<number>", methods=["GET", "POST"])
@needs(policy.may_register, of=queries.get_unit)
def confirm_organisation(unit: RegisterUnit) -> ResponseReturnValue:
    """What the register says; the person adds the bank account and how to reach the organisation."""
    form, status = forms.ConfirmForm(data={"language": me().language, "email": session.get(_EMAIL) or me().email}), 200
    if unit.tax_number:
        del form.tax_number
    if request.method == "POST":
        made, status = tried(form, lambda: actions.enter_from_register(unit, by=me(), **typed(form)))
        if not status:
            session.pop(_EMAIL, None)
            return done(_("The organisation is registered and you are its owner."), "accounts.organisation_page", organisation_id=made.id)
    known = queries.find_organisation(tax_number=unit.tax_number or "–", registration_number=unit.registration_number)
    page = render_template("accounts/confirm_organisation.html", form=form, unit=unit, said=facts.said(unit), known=known is not None)
    return page, status


_EMAIL = "organisation_email"


@blueprint.get("/organizacije/<int:organisation_id>")
@needs(policy.may_see_organisation, of=queries.get_organisation)
def organisation_page(organisation: Organisation) -> ResponseReturnValue:
    """One organisation, its people and what happened."""
    person = me()
    return render_template(
        "accounts/organisation_page.html",
        organisation=organisation,
        members=queries.members_of(organisation),
        may_edit=bool(policy.may_edit_organisation(person, organisation)),
        may_manage=bool(policy.may_manage_members(person, organisation)),
        own=queries.find_membership(person, organisation.id),
        entries=queries.happened(organisation, audit.PARTY),
        snapshot=queries.find_snapshot(),
        disputes=queries.disputes_of(organisation),
        disputable=forms.DISPUTABLE,
        may_dispute=bool(policy.may_dispute(person, organisation)),
        may_answer=policy.holds_somewhere(person, Role.OFFICER) or policy.holds_somewhere(person, Role.ADMINISTRATOR),
        may_invite_first=bool(policy.may_invite_first_owner(person, organisation)),
        may_read_vault=bool(policy.may_read_vault(person, organisation)),
    )


@blueprint.route("/organizacije/<int:organisation_id>/uredi", methods=["GET", "POST"])
@needs(policy.may_edit_organisation, of=queries.get_organisation)
def edit_organisation(organisation: Organisation) -> ResponseReturnValue:
    """Correct the data of an organisation: all of them if they were typed, else those that the register does not say."""
    registered = organisation.from_register_on is not None
    form, status = (forms.ContactForm if registered else forms.OrganisationForm)(obj=organisation), 200
    change = actions.change_contact if registered else actions.change_organisation
    if request.method == "POST":
        _made, status = tried(form, lambda: change(organisation, by=me(), **typed(form)))
        if not status:
            return done(_("The data of the organisation are saved."), "accounts.organisation_page", organisation_id=organisation.id)
    else:
        form.iban.data = identifiers.spaced_iban(organisation.iban)
    return render_template("accounts/edit_organisation.html", form=form, organisation=organisation), status
