"""The library's forms with our labels, and without the fields we do not use."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_security.forms import (
    ChangePasswordForm,
    EmailValidation,
    ForgotPasswordForm,
    LoginForm,
    RegisterFormV2,
    RequiredLocalize,
    ResetPasswordForm,
    SendConfirmationForm,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
    unique_user_email,
    valid_user_email,
)
from flask_security.recovery_codes import MfRecoveryForm
from wtforms import EmailField, PasswordField, RadioField, StringField
from wtforms.validators import DataRequired, Length

EMAIL = _l("E-mail address")
PASSWORD = _l("Password")
NEW_PASSWORD = _l("New password")


def stripped(text: str | None) -> str | None:
    """Without the spaces that slip in around what is typed or pasted."""
    return text.strip() if isinstance(text, str) else text


def _email(*checks: Any, verify: bool = True) -> EmailField:
    known = [RequiredLocalize(message="EMAIL_NOT_PROVIDED"), EmailValidation(verify=verify), *checks]
    return EmailField(EMAIL, filters=[stripped], render_kw={"autocomplete": "email"}, validators=known)


def _password(label: Any, autocomplete: str = "new-password") -> PasswordField:
    needed = [RequiredLocalize(message="PASSWORD_NOT_PROVIDED")]
    return PasswordField(label, render_kw={"autocomplete": autocomplete}, validators=needed)


class SignInForm(LoginForm):
    """E-mail address and password. There is no "remember me": the computers of associations are shared."""

    email = EmailField(
        EMAIL,
        filters=[stripped],
        render_kw={"autocomplete": "username"},
        validators=[RequiredLocalize(message="EMAIL_NOT_PROVIDED"), EmailValidation(verify=False)],
    )
    password = _password(PASSWORD, "current-password")
    remember = None

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.password.description = ""

    def validate(self, **extra: Any) -> bool:
        """Whoever knows the password may learn why it is not enough; all others get one answer for every reason."""
        good = super().validate(**extra)
        if not good and self.user_authenticated:
            self.form_errors.extend(self.email.errors)
            self.email.errors = []
        return good


class RegisterForm(RegisterFormV2):
    """Name, address and a password."""

    name = StringField(
        _l("Your name and surname"),
        filters=[stripped],
        render_kw={"autocomplete": "name"},
        validators=[
            DataRequired(_l("Enter your name and surname: it stands beside what you submit.")),
            Length(max=120, message=_l("The name is too long: at most 120 characters.")),
        ],
    )
    email = _email(unique_user_email)
    password = _password(PASSWORD)


class AskForResetForm(ForgotPasswordForm):
    """The address of the account whose password is forgotten."""

    email = _email(valid_user_email)


class NewPasswordForm(ResetPasswordForm):
    """The new password, after the link in the message. It can be shown while typing, so it is typed once."""

    password = _password(NEW_PASSWORD)
    password_confirm = None


class ReplacePasswordForm(ChangePasswordForm):
    """The present password and a new one."""

    password = _password(_l("Present password"), "current-password")
    new_password = _password(NEW_PASSWORD)
    new_password_confirm = None


class ConfirmAgainForm(SendConfirmationForm):
    """The address that waits for confirmation."""

    email = _email(valid_user_email)


class PasswordAgainForm(VerifyForm):
    """The password, for a step that needs a fresh sign-in."""

    password = _password(PASSWORD, "current-password")


class SecondFactorForm(TwoFactorSetupForm):
    """One method, the app on the phone, so nothing to choose but to begin ("authenticator") or to stop ("disable")."""

    setup = StringField()


class RescueForm(TwoFactorRescueForm):
    """The library builds it beside the code; we offer recovery codes by a plain link instead."""

    help_setup = RadioField(choices=[], validate_choice=False)


class CodeForm(TwoFactorVerifyCodeForm):
    """Six digits from the app."""

    code = StringField(
        _l("Code from the app"),
        filters=[lambda text: "".join(text.split()) if isinstance(text, str) else text],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "8"},
        validators=[DataRequired(_l("Enter the six digits that the app shows."))],
    )


class RecoveryCodeForm(MfRecoveryForm):
    """A code from paper; capital letters and spaces do not matter."""

    code = StringField(
        _l("Recovery code"),
        filters=[lambda text: "".join(text.split()).lower() if isinstance(text, str) else text],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
        validators=[DataRequired(_l("Enter one of your recovery codes."))],
    )


FORMS: dict[str, Any] = {
    "login_form": SignInForm,
    "register_form": RegisterForm,
    "forgot_password_form": AskForResetForm,
    "reset_password_form": NewPasswordForm,
    "change_password_form": ReplacePasswordForm,
    "send_confirmation_form": ConfirmAgainForm,
    "verify_form": PasswordAgainForm,
    "two_factor_setup_form": SecondFactorForm,
    "two_factor_rescue_form": RescueForm,
    "two_factor_verify_code_form": CodeForm,
    "mf_recovery_form": RecoveryCodeForm,
}
"""Which of our forms stands for which of the library's."""
