"""Registration, sign-in, second factor and passwords, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from grants.accounts.models import Role, User
from grants.accounts.queries import find_user
from grants.base import audit
from grants.base.db import db
from grants.base.mail import Message
from grants.base.transaction import WriteInRead, unit_of_work
from tests.accounts.builders import PASSWORD, TOTP_SECRET, code_now, make_staff, make_user
from tests.conftest import Clock, sign_in
from tests.pages import LintingClient

NEW_PASSWORD = "burja nad zalivom"


def last_message(event: str) -> Message:
    message = db.session.scalars(db.select(Message).where(Message.event == f"accounts/{event}").order_by(Message.id.desc())).first()
    assert message is not None, f"no message {event}"
    return message


def messages() -> int:
    return db.session.scalar(db.select(db.func.count(Message.id))) or 0


def link_in(message: Message) -> str:
    found = re.search(r"http://localhost(/\S+/\S{30,})", message.body)
    assert found, message.body
    return found[1]


def events(user: User) -> list[str]:
    return [entry.kind.name for entry in audit.timeline(user, audit.STAFF)]


def is_signed_in(client: LintingClient) -> bool:
    return client.get("/sl/racun").status_code == 200


def sign_in_form(client: LintingClient, email: str, password: str = PASSWORD, language: str = "sl", **address: str) -> TestResponse:
    return client.post(f"/{language}/racun/prijava", query_string=address, data={"email": email, "password": password})


def register(client: LintingClient, email: str, *, language: str = "sl", **changes: str) -> TestResponse:
    return client.post(f"/{language}/racun/registracija", data={"name": "Ana Morje", "email": email, "password": PASSWORD} | changes)


def test_a_person_registers_confirms_and_signs_in(client: LintingClient) -> None:
    assert client.get("/sl/racun/registracija").status_code == 200
    answer = register(client, "Ana@Primer.example")
    assert (answer.status_code, answer.location) == (303, "/sl/racun/preglejte-posto")
    assert "ana@primer.example" in client.get(answer.location).text
    link = link_in(last_message("welcome"))
    assert client.get(link).status_code == 200
    answer = client.post(link)
    assert (answer.status_code, answer.location) == (303, "/sl/racun/prijava")
    answer = sign_in_form(client, "ANA@primer.example")
    assert (answer.status_code, answer.location) == (303, "/sl/racun/naprej")
    page = client.get("/sl/racun").text
    assert "Ana Morje" in page and "ana@primer.example" in page
    user = find_user("ana@primer.example")
    assert user is not None
    assert events(user) == ["user.registered", "user.confirmed", "user.signed_in"]


def test_opening_the_confirmation_link_confirms_nothing(client: LintingClient) -> None:
    register(client, "ana@primer.example")
    link = link_in(last_message("welcome"))
    for _ in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    user = find_user("ana@primer.example")
    assert user is not None and user.confirmed_at is None


def test_a_confirmation_link_that_is_old_or_broken_leads_to_a_new_one(client: LintingClient, clock: Clock) -> None:
    register(client, "ana@primer.example")
    link = link_in(last_message("welcome"))
    clock.forward(days=3)
    for address in (link, link[:-4], "/sl/racun/potrditev/nekaj"):
        for answer in (client.get(address), client.post(address)):
            assert answer.location == "/sl/racun/potrditev"
    before = messages()
    answer = client.post("/sl/racun/potrditev", data={"email": "ana@primer.example"})
    assert answer.status_code == 303
    assert messages() == before + 1
    assert client.post(link_in(last_message("confirmation_instructions"))).location == "/sl/racun/prijava"
    user = find_user("ana@primer.example")
    assert user is not None and user.confirmed_at is not None


def test_the_right_password_of_an_unconfirmed_account_says_what_is_missing(client: LintingClient) -> None:
    make_user(email="ana@primer.example", confirmed=False)
    answer = sign_in_form(client, "ana@primer.example", language="en")
    assert answer.status_code == 422
    assert "is not confirmed yet" in answer.text
    assert "do not belong together" not in answer.text
    assert not is_signed_in(client)


def test_nobody_learns_which_addresses_have_accounts(client: LintingClient) -> None:
    make_user(email="ana@primer.example")
    make_user(email="neva@primer.example", confirmed=False)

    def told(answer: TestResponse) -> tuple[int, str | None, str]:
        text = client.get(answer.location).text if answer.location else answer.text
        return (
            answer.status_code,
            answer.location,
            re.sub(r'\w+@primer\.example|<time.*?</time>|name="csrf_token" value="[^"]*"', "", text),
        )

    for email in ("ana@primer.example", "neva@primer.example"):
        wrong = told(sign_in_form(client, email, "napacno geslo"))
        assert wrong == told(sign_in_form(client, "nihce@primer.example", "napacno geslo"))
        assert wrong[0] == 422
        assert told(register(client, email)) == told(register(client, "nova@primer.example"))
        for address in ("/sl/racun/pozabljeno-geslo", "/sl/racun/potrditev"):
            assert told(client.post(address, data={"email": email})) == told(client.post(address, data={"email": "nihce2@primer.example"}))


def test_who_registers_twice_is_told_by_mail_only(client: LintingClient) -> None:
    make_user(email="ana@primer.example")
    register(client, "ana@primer.example", name="Nekdo Drug")
    message = last_message("welcome_existing")
    assert message.to == "ana@primer.example"
    user = find_user("ana@primer.example")
    assert user is not None and user.name == "Ana Morje"


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("kratko", "at least 10 characters"),
        ("1234567890", "first that are guessed"),
        ("aaaaaaaaaaaaaa", "first that are guessed"),
        ("anamorje123", "your name or e-mail address"),
        ("ana@primer.example", "your name or e-mail address"),
        ("x" * 129, "too long"),
        ("", "Enter a password"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(client: LintingClient, password: str, says: str) -> None:
    answer = register(client, "ana@primer.example", language="en", password=password)
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="Ana Morje"' in answer.text
    assert find_user("ana@primer.example") is None


def test_a_wrong_address_or_missing_name_is_refused_and_nothing_typed_is_lost(client: LintingClient) -> None:
    answer = register(client, "ana.primer", language="en", name="")
    assert answer.status_code == 422
    assert "not a complete e-mail address" in answer.text
    assert "Enter your name and surname" in answer.text
    assert 'value="ana.primer"' in answer.text


def test_messages_are_in_the_language_of_the_reader(client: LintingClient) -> None:
    make_user(email="anna@primer.example", language="it")
    client.post("/sl/racun/pozabljeno-geslo", data={"email": "anna@primer.example"})
    message = last_message("reset_instructions")
    assert message.language == "it"
    assert link_in(message).startswith("/it/racun/pozabljeno-geslo/")


def test_a_forgotten_password_is_set_anew_once(client: LintingClient, clock: Clock) -> None:
    make_user(email="ana@primer.example")
    client.post("/sl/racun/pozabljeno-geslo", data={"email": "ana@primer.example"})
    link = link_in(last_message("reset_instructions"))
    assert client.get(link).status_code == 200
    assert client.post(link, data={"password": "kratko"}).status_code == 422
    answer = client.post(link, data={"password": NEW_PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/sl/racun/prijava")
    assert client.post(link, data={"password": "se tretje dolgo geslo"}).location == "/sl/racun/pozabljeno-geslo"
    assert sign_in_form(client, "ana@primer.example").status_code == 422
    assert sign_in_form(client, "ana@primer.example", NEW_PASSWORD).status_code == 303
    last_message("reset_notice")
    user = find_user("ana@primer.example")
    assert user is not None and "user.password_changed" in events(user)


def test_a_reset_link_dies_after_three_hours(client: LintingClient, clock: Clock) -> None:
    make_user(email="ana@primer.example")
    client.post("/sl/racun/pozabljeno-geslo", data={"email": "ana@primer.example"})
    link = link_in(last_message("reset_instructions"))
    clock.forward(hours=3, seconds=2)
    assert client.get(link).location == "/sl/racun/pozabljeno-geslo"
    assert client.post(link, data={"password": NEW_PASSWORD}).location == "/sl/racun/pozabljeno-geslo"


def test_changing_the_password_signs_other_devices_out(app: Flask, client: LintingClient) -> None:
    user = make_user(email="ana@primer.example")
    other = sign_in(app.test_client(), user)  # type: ignore[arg-type]
    sign_in_form(client, "ana@primer.example")
    assert is_signed_in(other)
    wrong = client.post("/en/racun/geslo", data={"password": "ni pravo", "new_password": NEW_PASSWORD})
    assert wrong.status_code == 422 and "The password is not right" in wrong.text
    answer = client.post("/sl/racun/geslo", data={"password": PASSWORD, "new_password": NEW_PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/sl/racun")
    assert is_signed_in(client)
    assert not is_signed_in(other)
    last_message("change_notice")


def test_signing_out_takes_a_form(client: LintingClient) -> None:
    sign_in(client, make_user())
    assert client.get("/sl/racun/odjava").status_code == 405
    assert is_signed_in(client)
    assert client.post("/sl/racun/odjava").status_code == 303
    assert not is_signed_in(client)


def test_who_was_sent_to_sign_in_lands_where_they_wanted_to_go(client: LintingClient) -> None:
    make_user(email="ana@primer.example")
    answer = client.get("/it/organizacije/nova")
    assert answer.status_code == 302 and answer.location.startswith("/it/racun/prijava?next=")
    answer = client.post(answer.location, data={"email": "ana@primer.example", "password": PASSWORD})
    assert answer.location == "/it/organizacije/nova"


def test_sign_in_never_leads_to_another_site(client: LintingClient) -> None:
    make_user(email="ana@primer.example")
    answer = sign_in_form(client, "ana@primer.example", next="https://zlo.example/")
    assert "zlo.example" not in (answer.location or "")


def test_staff_set_up_the_second_factor_before_they_see_anything(client: LintingClient, clock: Clock) -> None:
    user = make_user(email="ivo@primer.example")
    with unit_of_work():
        from grants.accounts.actions import grant_role

        grant_role(db.session.get_one(User, user.id), Role.OFFICER, area="sport", by=None)
    answer = sign_in_form(client, "ivo@primer.example")
    assert answer.location == "/sl/racun/druga-stopnja"
    assert not is_signed_in(client)
    assert client.get(answer.location).status_code == 200
    page = client.post(answer.location, data={"setup": "authenticator"})
    assert page.status_code == 200 and "<svg" in page.text and "data:" not in page.text
    shown = re.search(r'class="m-key">([A-Z0-9-]+)<', page.text)
    assert shown
    secret = shown[1].replace("-", "")
    wrong = client.post("/sl/racun/koda", data={"code": "000000"})
    assert wrong.status_code == 422 and not is_signed_in(client)
    answer = client.post("/sl/racun/koda", data={"code": pyotp.TOTP(secret).at(clock.instant)})
    assert answer.status_code == 303
    assert is_signed_in(client)
    found = find_user("ivo@primer.example")
    assert found is not None and found.has_second_factor
    assert events(found)[-2:] == ["user.totp_set_up", "user.signed_in"]


def test_a_role_given_during_a_session_asks_for_the_second_factor_on_the_next_page(client: LintingClient) -> None:
    user = make_user()
    sign_in(client, user)
    assert client.get("/sl/organizacije").status_code == 200
    with unit_of_work():
        from grants.accounts.actions import grant_role

        grant_role(db.session.get_one(User, user.id), Role.AUDITOR, by=None)
    for address in ("/sl/organizacije", "/sl/ljudje"):
        assert client.get(address).location == "/sl/racun/druga-stopnja"
    assert client.get("/sl/racun").status_code == 200
    page = client.post("/sl/racun/druga-stopnja", data={"setup": "authenticator"})
    secret = re.search(r'class="m-key">([A-Z0-9-]+)<', page.text)
    assert secret
    answer = client.post("/sl/racun/koda", data={"code": code_now(secret[1].replace("-", ""))})
    assert answer.status_code == 303
    assert client.get("/sl/ljudje").status_code == 200


def test_staff_sign_in_with_password_and_code(client: LintingClient, clock: Clock) -> None:
    user = make_staff(Role.OFFICER, "sport")
    answer = sign_in_form(client, user.email, next="/sl/organizacije")
    assert answer.location.startswith("/sl/racun/koda")
    assert not is_signed_in(client)
    assert client.get(answer.location).status_code == 200
    assert client.post(answer.location, data={"code": "12"}).status_code == 422
    done = client.post(answer.location, data={"code": f" {code_now()[:3]} {code_now()[3:]} "})
    assert (done.status_code, done.location) == (303, "/sl/organizacije")
    assert is_signed_in(client)


def test_a_code_works_once(client: LintingClient, clock: Clock) -> None:
    user = make_staff(Role.OFFICER)
    sign_in_form(client, user.email)
    client.post("/sl/racun/koda", data={"code": code_now()})
    assert is_signed_in(client)
    client.post("/sl/racun/odjava")
    sign_in_form(client, user.email)
    again = client.post("/en/racun/koda", data={"code": code_now()})
    assert again.status_code == 422 and "used already" in again.text
    clock.forward(seconds=31)
    assert client.post("/sl/racun/koda", data={"code": code_now()}).status_code == 303


def test_the_code_page_without_a_password_leads_back_to_the_start(client: LintingClient) -> None:
    for address in ("/sl/racun/koda", "/sl/racun/rezervna-koda", "/sl/racun/druga-stopnja"):
        assert client.get(address).location == "/sl/racun/prijava"
        assert client.post(address, data={"code": code_now()}).location == "/sl/racun/prijava"


def test_a_recovery_code_stands_in_for_the_phone_once(client: LintingClient, clock: Clock) -> None:
    user = make_staff(Role.OFFICER)
    sign_in(client, user)
    assert client.get("/sl/racun/rezervne-kode").status_code == 200
    page = client.post("/sl/racun/rezervne-kode", data={"generate_new_codes": "1"})
    codes = re.findall(r"<code>([0-9a-f-]+)</code>", page.text)
    assert len(codes) == 8
    assert re.findall(r"<code>([0-9a-f-]+)</code>", client.get("/sl/racun/rezervne-kode?show_codes=1").text) == codes
    stored = find_user(user.email)
    assert stored is not None and codes[0] not in str(stored.mf_recovery_codes)
    client.post("/sl/racun/odjava")
    for code, status in ((codes[0].upper(), 303), (codes[0], 422), ("0000-0000-0000", 422), (codes[1], 303)):
        sign_in_form(client, user.email)
        assert client.get("/sl/racun/rezervna-koda").status_code == 200
        assert client.post("/sl/racun/rezervna-koda", data={"code": code}).status_code == status
        client.post("/sl/racun/odjava")
    found = find_user(user.email)
    assert found is not None and len(found.mf_recovery_codes) == 6


def test_staff_cannot_take_the_second_factor_off_others_can(client: LintingClient) -> None:
    staff, free = make_staff(Role.OFFICER), make_user(totp=True)
    sign_in(client, staff)
    assert client.post("/sl/racun/druga-stopnja", data={"setup": "disable"}).status_code == 422
    client.post("/sl/racun/odjava")
    sign_in(client, db.session.get_one(User, free.id))
    assert client.get("/sl/racun/druga-stopnja").status_code == 200
    assert client.post("/sl/racun/druga-stopnja", data={"setup": "disable"}).status_code == 303
    assert not db.session.get_one(User, free.id).has_second_factor


def test_what_protects_the_account_asks_for_the_password_again_after_an_hour(client: LintingClient, clock: Clock) -> None:
    sign_in(client, make_user())
    clock.forward(hours=2)
    answer = client.get("/sl/racun/druga-stopnja")
    assert answer.location.startswith("/sl/racun/znova-geslo?next=")
    assert client.get(answer.location).status_code == 200
    assert client.post(answer.location, data={"password": "ni pravo"}).status_code == 422
    assert client.post(answer.location, data={"password": PASSWORD}).location == "/sl/racun/druga-stopnja"
    assert client.get("/sl/racun/druga-stopnja").status_code == 200


@pytest.fixture
def limited(app: Flask) -> Iterator[None]:
    app.config["RATELIMIT_ENABLED"] = True
    yield
    app.config["RATELIMIT_ENABLED"] = False


def test_guessing_a_password_is_slowed_down_for_that_account_only(client: LintingClient, limited: None) -> None:
    make_user(email="ana@primer.example")
    other = make_user(email="bine@primer.example")
    for _ in range(10):
        assert sign_in_form(client, "ana@primer.example", "napacno geslo").status_code == 422
    slowed = sign_in_form(client, "ANA@primer.example", PASSWORD)
    assert slowed.status_code == 429
    assert sign_in_form(client, db.session.get_one(User, other.id).email).status_code == 303


def test_a_crowd_behind_one_address_may_sign_in_and_only_wrong_passwords_count(app: Flask, client: LintingClient, limited: None) -> None:
    counted = app.extensions["grants_limiter"].storage.storage

    def of_the_address() -> int:
        return sum(hits for key, hits in counted.items() if "/300/" in key)

    before = of_the_address()
    for number in range(3):
        make_user(email=f"ana{number}@primer.example")
        assert sign_in_form(app.test_client(), f"ana{number}@primer.example").status_code == 303
    assert of_the_address() == before
    assert sign_in_form(client, "ana0@primer.example", "napacno geslo").status_code == 422
    assert of_the_address() == before + 1


def test_nobodys_letterbox_is_filled_by_strangers(client: LintingClient, limited: None) -> None:
    make_user(email="nada@primer.example")
    answers = [client.post("/sl/racun/pozabljeno-geslo", data={"email": "nada@primer.example"}).status_code for _ in range(7)]
    assert answers == [303] * 5 + [429] * 2


def test_the_library_never_commits(app: Flask) -> None:
    make_user(email="ana@primer.example")
    with pytest.raises(WriteInRead):
        user = find_user("ana@primer.example")
        assert user is not None
        user.name = "Nekdo"
        app.extensions["security"].datastore.commit()
    db.session.rollback()
    found = find_user("ana@primer.example")
    assert found is not None and found.name == "Ana Morje"


def test_unused_addresses_of_the_library_are_not_there(client: LintingClient) -> None:
    for address in ("/sl/racun/resitev", "/sl/racun/izbira", "/fs-static/x.css", "/login", "/sl/racun/us-signin"):
        assert client.get(address).status_code == 404


def test_links_in_messages_use_the_configured_host(app: Flask, client: LintingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    make_user(email="ana@primer.example")
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(app.config["SETTINGS"], server_name="merila.obala.example"))
    client.post("/sl/racun/pozabljeno-geslo", data={"email": "ana@primer.example"}, headers={"Host": "zlo.example"})
    body = last_message("reset_instructions").body
    assert "https://merila.obala.example/sl/racun/pozabljeno-geslo/" in body and "zlo.example" not in body


def test_links_that_the_worker_writes_lead_to_where_the_site_is_served(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    from grants.accounts.letters import address

    settings = app.config["SETTINGS"]
    for changes, begins in (({"served_at": "127.0.0.1:8000"}, "http://127.0.0.1:8000/sl/"), ({"server_name": "razpisi.obala.example", "served_at": "x"}, "https://razpisi.obala.example/sl/")):  # fmt: skip
        monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(settings, **changes))
        assert address("accounts.account", "sl").startswith(begins)


def test_the_known_secret_of_the_demo_works(client: LintingClient) -> None:
    user = make_staff(Role.SIGNER)
    assert user.tf_totp_secret is not None and TOTP_SECRET not in user.tf_totp_secret
    sign_in_form(client, user.email)
    assert client.post("/sl/racun/koda", data={"code": code_now()}).status_code == 303


@pytest.fixture
def protected(app: Flask) -> Iterator[None]:
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


def test_every_form_of_signing_in_carries_its_token(client: LintingClient, protected: None) -> None:
    user = make_staff(Role.OFFICER)

    def sent(address: str, data: dict[str, str]) -> TestResponse:
        page = client.get(address)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token is not None, address
        assert FlaskClient.post(client, address, data=data).status_code == 400
        return client.post(address, data=data | {"csrf_token": token[1]})

    email = user.email
    assert sent("/sl/racun/registracija", {"name": "Neva Val", "email": "neva@primer.example", "password": PASSWORD}).status_code == 303
    assert sent(link_in(last_message("welcome")), {}).status_code == 303
    assert sent("/sl/racun/pozabljeno-geslo", {"email": "neva@primer.example"}).status_code == 303
    assert sent(link_in(last_message("reset_instructions")), {"password": NEW_PASSWORD}).status_code == 303
    assert sent("/sl/racun/potrditev", {"email": "neva@primer.example"}).status_code == 303
    assert sent("/sl/racun/prijava", {"email": email, "password": PASSWORD}).status_code == 303
    assert sent("/sl/racun/koda", {"code": code_now()}).status_code == 303
    assert sent("/sl/racun/rezervne-kode", {"generate_new_codes": "1"}).status_code == 200
    assert sent("/sl/racun/geslo", {"password": PASSWORD, "new_password": NEW_PASSWORD}).status_code == 303
    signing_out = re.search(
        r'action="(/sl/racun/odjava)">\s*<input type="hidden" name="csrf_token" value="([^"]+)"', client.get("/sl/racun").text
    )
    assert signing_out is not None
    assert client.post(signing_out[1], data={"csrf_token": signing_out[2]}).status_code == 303
    assert not is_signed_in(client)


@pytest.mark.parametrize("language", ["sl", "it", "en"])
def test_every_page_of_signing_in_opens_in_every_language(client: LintingClient, language: str) -> None:
    for page in ("prijava", "registracija", "pozabljeno-geslo", "potrditev", "preglejte-posto"):
        assert client.get(f"/{language}/racun/{page}").status_code == 200
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    for page in (
        "racun",
        "racun/podatki",
        "racun/geslo",
        "racun/druga-stopnja",
        "racun/rezervne-kode",
        "racun/znova-geslo",
        "organizacije",
        "ljudje",
    ):
        assert client.get(f"/{language}/{page}").status_code == 200
