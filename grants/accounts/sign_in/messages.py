"""What the sign-in library says, in our words. It translates these texts itself, from our catalogues."""

from __future__ import annotations


def _(text: str) -> str:
    """Mark a text for the catalogues; the library translates it when it is shown."""
    return text


MESSAGES = {
    "API_ERROR": (_("Something in the form was not as expected. Load the page again and repeat the step."), "error"),
    "GENERIC_AUTHN_FAILED": (_("The e-mail address and the password do not belong together. Check both; if you forgot the password, set a new one."), "error"),
    "UNAUTHENTICATED": (_("Please sign in first. After that you land where you wanted to go."), "info"),
    "REAUTHENTICATION_REQUIRED": (_("For this step please enter your password once more: you signed in a while ago."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (_("Thank you. You can go on now."), "success"),
    "CONFIRM_REGISTRATION": (_("We have sent a message to %(email)s. Open the link in it to confirm the address."), "success"),
    "CONFIRMATION_REQUEST": (_("If %(email)s waits for confirmation, a message with a new link is on its way."), "success"),
    "EMAIL_CONFIRMED": (_("Thank you, your e-mail address is confirmed. You can sign in now."), "success"),
    "ALREADY_CONFIRMED": (_("This e-mail address is confirmed already. You can sign in."), "info"),
    "INVALID_CONFIRMATION_TOKEN": (_("This confirmation link is not complete or was replaced by a newer one. Ask for a new one here."), "error"),
    "CONFIRMATION_EXPIRED": (_("This confirmation link is no longer valid; links last %(within)s. Ask for a new one here."), "error"),
    "CONFIRMATION_REQUIRED": (_("Your e-mail address is not confirmed yet. Open the link in the message we sent you, or ask for a new message below."), "error"),
    "PASSWORD_RESET_REQUEST": (_("If there is an account for %(email)s, a message with a link to set a new password is on its way."), "success"),
    "PASSWORD_RESET_EXPIRED": (_("This link is no longer valid; links last %(within)s. Ask for a new one here."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (_("This link is not complete or was used already. Ask for a new one here."), "error"),
    "PASSWORD_RESET_NO_LOGIN": (_("Your new password is set. Sign in with it."), "success"),
    "PASSWORD_CHANGE": (_("Your password is changed. On other devices you have been signed out."), "success"),
    "PASSWORD_NOT_PROVIDED": (_("Enter a password."), "error"),
    "PASSWORD_IS_THE_SAME": (_("The new password is the same as the old one. Choose another."), "error"),
    "INVALID_PASSWORD": (_("The password is not right. Check capital letters and the language of the keyboard."), "error"),
    "EMAIL_NOT_PROVIDED": (_("Enter an e-mail address."), "error"),
    "INVALID_EMAIL_ADDRESS": (_("This is not a complete e-mail address. It looks like name@example.si."), "error"),
    "EMAIL_ALREADY_ASSOCIATED": (_("There is an account for %(email)s already."), "error"),
    "USER_DOES_NOT_EXIST": (_("There is no account with this address."), "error"),
    "DISABLED_ACCOUNT": (_("This account is closed. Write to the municipality if you think that it should be open."), "error"),
    "INVALID_REDIRECT": (_("The address to go on to is not on this site."), "error"),
    "ANONYMOUS_USER_REQUIRED": (_("You are signed in already."), "info"),
    "TWO_FACTOR_INVALID_TOKEN": (_("The code is not right, too old or used already. Wait until the app shows the next one and enter that."), "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (_("You are signed in."), "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (_("Sign-in with a code is set up. Now make recovery codes for the day when the phone is not at hand."), "success"),
    "TWO_FACTOR_PERMISSION_DENIED": (_("This sign-in took too long. Please start again with your e-mail address and password."), "error"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (_("This cannot be chosen. Load the page again."), "error"),
    "TWO_FACTOR_DISABLED": (_("From now on you sign in with the password alone."), "success"),
    "TWO_FACTOR_SETUP_EXPIRED": (_("Setting up took longer than %(within)s. Please start again."), "error"),
    "INVALID_RECOVERY_CODE": (_("This is not one of your unused recovery codes. Each code works once."), "error"),
    "NO_RECOVERY_CODES_SETUP": (_("You have no recovery codes yet."), "info"),
    "FORGOT_PASSWORD": (_("Forgotten your password?"), "info"),
}  # fmt: skip
