"""The addresses of the evaluation stage hang on one blueprint; who asks, and what a refusal leads to."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden

from grants.accounts.models import User
from grants.applications.routes.blueprint import beside_answers
from grants.base import errors
from grants.base.access import current_person
from grants.evaluation import estimate, policy, queries
from grants.evaluation.models import PanelMember
from grants.evaluation.verification import routes as verification

blueprint = Blueprint("evaluation", __name__)
verification.attach(blueprint)
beside_answers["estimate"] = estimate.fragment
Messages = list[str]


def me() -> User:
    return cast(User, current_person())


def my_place(call_id: int) -> PanelMember:
    return queries.get_member_of(call_id, me())


@blueprint.errorhandler(Forbidden)
def declare_first(refusal: Forbidden) -> ResponseReturnValue:
    """A refusal; one that a declaration would lift leads there."""
    reason = getattr(refusal, "reason", None)
    if isinstance(reason, policy.DeclareFirst):
        return render_template("evaluation/_declare_first.html", reason=str(reason), call_id=reason.call_id), 403
    return errors.page(403, _("You may not do this"), str(reason or _("Your role does not include this step.")))


def again(template: str, status: int, **context: Any) -> ResponseReturnValue:
    """The page once more with what was typed; nothing was changed."""
    g.roll_back = True
    return render_template(template, **context), status
