"""The pages: who gets which, what they keep when something is wrong, and that nothing leaks before its time."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from grants.accounts.models import Role
from grants.base import jobs
from tests.applications.builders import make_person
from tests.calls.builders import make_officer
from tests.conftest import sign_in
from tests.evaluation.builders import (
    COSTS,
    JOINT,
    REASON,
    WORK,
    Scene,
    agree_all,
    appoint,
    declare,
    link,
    make_agreed,
    make_collected,
    make_concluded,
    make_declared,
    make_opened,
    make_started,
    mark,
    mark_all,
)
from tests.pages import LintingClient

SECRET = "Skrivna utemeljitev članice."


def as_member(app: Flask, scene: Scene, place: int) -> LintingClient:
    return sign_in(app.test_client(), scene.user(place))


def as_person(app: Flask, person: object) -> LintingClient:
    return sign_in(app.test_client(), person)


def address(scene: Scene, number: int = 0, tail: str = "", pot: str = WORK) -> str:
    return f"/en/ocenjevanja/{scene.evaluation(pot).id}/vloge/{scene.application_ids[number]}{tail}"


def pot_page(scene: Scene, tail: str = "", pot: str = WORK) -> str:
    return f"/en/ocenjevanja/{scene.evaluation(pot).id}{tail}"


def call_page(scene: Scene, tail: str) -> str:
    return f"/en/razpisi/{scene.call_id}/{tail}"


def typed(version: int = 0, *, quality: str = "8,5", reason: str = REASON, reach: str = "5", **more: str) -> dict[str, str]:
    return {
        "version": str(version),
        "points-quality": quality,
        "reason-quality": reason,
        "points-reach": reach,
        "reason-reach": "",
        "comment": "",
        "do": "save",
        **more,
    }


# The litany


@pytest.fixture
def scene(app: Flask) -> Scene:
    """Two applications; the third member is out of the second."""
    return make_started(2, conflicts={2: [1]})


def statuses(app: Flask, scene: Scene, path: str) -> dict[str, int]:
    """How each kind of person is answered."""
    clients = {
        "member": as_member(app, scene, 1), "chair": as_member(app, scene, 0), "recused": as_member(app, scene, 2),
        "officer": as_person(app, scene.officer), "applicant": as_person(app, scene.owner(0)), "stranger": as_person(app, make_person()),
        "foreign officer": as_person(app, make_officer("culture")), "administrator": as_person(app, make_officer("", Role.ADMINISTRATOR)),
        "auditor": as_person(app, make_officer("sport", Role.AUDITOR)), "anonymous": app.test_client(),
    }  # fmt: skip
    return {who: client.get(path).status_code for who, client in clients.items()}


OUTSIDERS = {"applicant": 404, "stranger": 404, "foreign officer": 404, "administrator": 404, "anonymous": 302}


def test_who_opens_the_sheet_of_an_application(app: Flask, scene: Scene) -> None:
    assert statuses(app, scene, address(scene, 1)) == {
        "member": 200,
        "chair": 200,
        "recused": 404,
        "officer": 404,
        "auditor": 404,
        **OUTSIDERS,
    }


def test_who_opens_the_collected_sheet_before_and_after_the_collection(app: Flask, scene: Scene) -> None:
    path = address(scene, 1, "/zbirni-list")
    assert statuses(app, scene, path) == {"member": 403, "chair": 403, "recused": 404, "officer": 403, "auditor": 403, **OUTSIDERS}
    mark_all(scene)
    assert statuses(app, scene, path) == {"member": 200, "chair": 200, "recused": 404, "officer": 200, "auditor": 200, **OUTSIDERS}


def test_who_opens_the_page_of_a_pot(app: Flask, scene: Scene) -> None:
    assert statuses(app, scene, pot_page(scene)) == {
        "member": 200,
        "chair": 200,
        "recused": 200,
        "officer": 200,
        "auditor": 200,
        **OUTSIDERS,
    }


def test_who_opens_the_panel(app: Flask, scene: Scene) -> None:
    assert statuses(app, scene, call_page(scene, "komisija")) == {
        "member": 200,
        "chair": 200,
        "recused": 200,
        "officer": 200,
        "auditor": 200,
        **OUTSIDERS,
    }


def test_who_appoints(app: Flask, scene: Scene) -> None:
    expected = {"member": 404, "chair": 404, "recused": 404, "officer": 200, "auditor": 403, **OUTSIDERS}
    assert statuses(app, scene, call_page(scene, "komisija/imenovanje")) == expected


@pytest.mark.parametrize("tail", ["izjava", "ocenjevanje"])
def test_who_opens_the_members_own_pages(app: Flask, scene: Scene, tail: str) -> None:
    assert statuses(app, scene, call_page(scene, tail)) == {
        "member": 200,
        "chair": 200,
        "recused": 200,
        "officer": 404,
        "auditor": 404,
        **OUTSIDERS,
    }


def test_bad_ids_are_not_found(app: Flask, scene: Scene) -> None:
    chair, other = as_member(app, scene, 0), make_started(1)
    for path in (
        "/en/ocenjevanja/999", "/en/ocenjevanja/999/vloge/1", address(scene).rsplit("/", 1)[0] + "/999", "/en/razpisi/999/komisija",
        "/en/razpisi/999/izjava", "/en/razpisi/999/ocenjevanje", address(scene, 0, "/priloge/" + "0" * 64), "/en/ocenjevanja/2147483647",
        address(scene).rsplit("/", 1)[0] + f"/{other.application_ids[0]}", pot_page(scene, "/zapisnik.pdf"),
    ):  # fmt: skip
        assert chair.get(path).status_code == 404, path


@pytest.mark.parametrize(("tail", "allowed"), [("", {"member", "chair"}), ("/izlocitev", {"member", "chair"}), ("/zbirni-list", set())])
def test_who_may_send_the_forms_of_an_application(app: Flask, scene: Scene, tail: str, allowed: set[str]) -> None:
    clients = {
        "member": as_member(app, scene, 1),
        "chair": as_member(app, scene, 0),
        "recused": as_member(app, scene, 2),
        "officer": as_person(app, scene.officer),
        "applicant": as_person(app, scene.owner(1)),
    }
    for who, client in clients.items():
        answer = client.post(address(scene, 1, tail), data={}).status_code
        assert (answer == 422) if who in allowed else (answer in (403, 404)), who


def test_only_the_officer_starts_and_only_the_chair_collects_reopens_and_concludes(app: Flask, scene: Scene) -> None:
    clients = {
        "member": as_member(app, scene, 1),
        "chair": as_member(app, scene, 0),
        "officer": as_person(app, scene.officer),
        "stranger": as_person(app, make_person()),
    }
    start = {who: client.post(call_page(scene, "ocenjevanje"), data={"pot": WORK}).status_code for who, client in clients.items()}
    assert start == {"member": 404, "chair": 404, "officer": 409, "stranger": 404}
    for tail, answer in (("/zbiranje", 409), ("/ponovno", 422), ("/zakljucek", 422)):
        found = {who: client.post(pot_page(scene, tail)).status_code for who, client in clients.items()}
        assert found == {"member": 403, "chair": answer, "officer": 403, "stranger": 404}, tail


# The declaration


def test_before_the_declaration_every_page_leads_to_it(app: Flask) -> None:
    scene = declare(appoint(make_opened(2)), places=[0, 1])
    client = as_member(app, scene, 2)
    for path in (call_page(scene, "komisija"), call_page(scene, "ocenjevanje")):
        answer = client.get(path)
        assert answer.status_code == 403
        assert f"/en/razpisi/{scene.call_id}/izjava" in answer.text
    assert client.get(call_page(scene, "izjava")).status_code == 200


def test_even_an_official_on_the_panel_declares_first(app: Flask) -> None:
    scene = make_opened(1)
    scene.member_ids[2] = scene.officer.id
    appoint(scene)
    assert as_member(app, scene, 2).get(call_page(scene, "komisija")).status_code == 403


def test_the_declaration_shows_name_and_track_of_the_applicants_and_nothing_else(app: Flask) -> None:
    scene = appoint(make_opened(2))
    page = as_member(app, scene, 0).get(call_page(scene, "izjava")).text
    assert scene.application(0).organisation.name in page and "Regular activity" in page
    for hidden in ("Skriti načrt dela", scene.application(0).number, "2.000", "2,000", scene.application(0).organisation.email):
        assert hidden not in page


def test_a_member_declares_on_the_page(app: Flask) -> None:
    scene = appoint(make_opened(2))
    link(scene, 0, 1)
    client, first = as_member(app, scene, 0), scene.application_ids[0]
    path = call_page(scene, "izjava")
    assert client.post(path, data={}).status_code == 422
    untold = client.post(path, data={"confirmed": "y", "conflicts": str(first), f"reason-{first}": ""})
    assert untold.status_code == 422 and f'href="#reason-{first}"' in untold.text
    unticked = client.post(path, data={"confirmed": "y", f"reason-{first}": "Brat je predsednik."})
    assert unticked.status_code == 422 and "Brat je predsednik." in unticked.text
    done = client.post(
        path, data={"confirmed": "y", "conflicts": str(first), f"reason-{first}": "Brat je predsednik.", "statement": "Vse."}
    )
    assert done.status_code == 303
    page = client.get(path).text
    assert "Brat je predsednik." in page and scene.application(1).organisation.name in page
    assert {recusal.application_id for recusal in scene.seat(0).recusals} == set(scene.application_ids)


# Scoring


def test_the_sheet_shows_the_application_beside_criteria_computed_points_and_notes(app: Flask, scene: Scene) -> None:
    page = as_member(app, scene, 0).get(address(scene)).text
    for shown in (
        "Skriti načrt dela",
        "proof.pdf",
        "Quality",
        "a good plan",
        "Size",
        "20 of 20",
        "The points are inferred from the published amounts.",
    ):
        assert shown in page
    slovenian = as_member(app, scene, 0).get(address(scene).replace("/en/", "/sl/")).text
    assert "Velikost" in slovenian and "Točke so povzete iz objavljenih zneskov." in slovenian


def test_a_file_of_the_application_is_read_by_those_who_score_it(app: Flask, scene: Scene) -> None:
    page = as_member(app, scene, 0).get(address(scene, 1)).text
    path = re.search(r'href="([^"]+/priloge/[0-9a-f]{64})"', page)[1]
    with as_member(app, scene, 0).get(path) as answer:
        assert answer.status_code == 200 and answer.data.startswith(b"%PDF") and "attachment" in answer.headers["Content-Disposition"]
    assert as_member(app, scene, 2).get(path).status_code == 404
    assert as_person(app, scene.owner(0)).get(path).status_code == 404


def test_a_draft_is_saved_however_incomplete_and_comes_back(app: Flask, scene: Scene) -> None:
    client = as_member(app, scene, 0)
    assert client.post(address(scene), data=typed(quality="osem", reason="še pišem", reach="")).status_code == 303
    page = client.get(address(scene)).text
    assert 'value="osem"' in page and "še pišem" in page and "Draft, not finished" in page


@pytest.mark.parametrize("quality", ["osem", "11", "8,3", ""])
def test_wrong_points_are_said_at_their_field_and_nothing_typed_is_lost(app: Flask, scene: Scene, quality: str) -> None:
    answer = as_member(app, scene, 0).post(address(scene), data=typed(quality=quality, do="finish", comment="Opomba"))
    assert answer.status_code == 422
    assert 'href="#points-quality"' in answer.text and 'id="points-quality-error"' in answer.text
    assert f'value="{quality}"' in answer.text and REASON in answer.text and "Opomba" in answer.text
    assert as_member(app, scene, 0).post(address(scene), data=typed(do="finish")).status_code == 303


def test_a_missing_reason_is_said_at_its_field(app: Flask, scene: Scene) -> None:
    answer = as_member(app, scene, 0).post(address(scene), data=typed(reason="kratko", do="finish"))
    assert answer.status_code == 422 and 'href="#reason-quality"' in answer.text and "kratko" in answer.text


def test_the_form_says_maximum_step_and_counts_the_characters(app: Flask, scene: Scene) -> None:
    page = as_member(app, scene, 0).get(address(scene)).text
    assert "From 0 to 10, in steps of 0.5." in page
    assert 'data-maxlength="2000"' in page


def test_a_save_from_an_old_window_shows_both_and_loses_nothing(app: Flask, scene: Scene) -> None:
    client = as_member(app, scene, 0)
    client.post(address(scene), data=typed(quality="4"))
    version = scene.sheet(0, 0).version
    stale = client.post(address(scene), data=typed(0, quality="6", reason="Druga misel v drugem oknu."))
    assert stale.status_code == 409
    assert "Druga misel v drugem oknu." in stale.text and 'value="6"' in stale.text and "Saved: 4 points" in stale.text
    assert f'name="version" value="{version}"' in stale.text
    assert client.post(address(scene), data=typed(version, quality="6")).status_code == 303


def test_a_finished_sheet_is_read_only_until_it_is_taken_up_again(app: Flask, scene: Scene) -> None:
    client = as_member(app, scene, 0)
    client.post(address(scene), data=typed(do="finish"))
    page = client.get(address(scene)).text
    assert "Your sheet is finished" in page and "points-quality" not in page
    assert client.post(address(scene), data=typed(scene.sheet(0, 0).version)).status_code == 409
    assert client.post(address(scene, 0, "/ponovno")).status_code == 303
    assert 'id="points-quality"' in client.get(address(scene)).text


def test_a_conflict_noticed_late_is_reported_on_the_sheet(app: Flask, scene: Scene) -> None:
    client = as_member(app, scene, 1)
    client.post(address(scene), data=typed(quality="4"))
    refused = client.post(address(scene, 0, "/izlocitev"), data={"conflict": ""})
    assert refused.status_code == 422 and 'value="4"' in refused.text
    assert client.post(address(scene, 0, "/izlocitev"), data={"conflict": "Sin tam trenira."}).status_code == 303
    assert client.get(address(scene)).status_code == 404


def test_the_work_list_tells_a_member_their_own_progress(app: Flask, scene: Scene) -> None:
    as_member(app, scene, 0).post(address(scene), data=typed(do="finish"))
    page = as_member(app, scene, 0).get(call_page(scene, "ocenjevanje")).text
    assert "You have finished 1 of 2 applications." in page and "Finished" in page and "To be scored" in page
    assert "You have finished 0 of 2 applications." in as_member(app, scene, 1).get(call_page(scene, "ocenjevanje")).text
    assert "You have finished 0 of 1 application." in as_member(app, scene, 2).get(call_page(scene, "ocenjevanje")).text


# Leaks


def pages_of(client: LintingClient, scene: Scene) -> str:
    """Everything that a person can open in this stage, in one text."""
    paths = [call_page(scene, "komisija"), call_page(scene, "ocenjevanje"), call_page(scene, "izjava"), pot_page(scene)]
    for number in range(len(scene.application_ids)):
        paths += [address(scene, number), address(scene, number, "/zbirni-list")]
    return "\n".join(client.get(path).text for path in paths)


def test_nobody_reads_the_marks_of_another_before_all_are_in(app: Flask) -> None:
    scene = mark(make_started(2), 1, 0, {"quality": ("3,5", SECRET), "reach": ("2", SECRET)})
    before = make_started(2)
    assert before
    for client in (
        as_member(app, scene, 0),
        as_member(app, scene, 2),
        as_person(app, scene.officer),
        as_person(app, make_officer("sport", Role.AUDITOR)),
    ):
        everything = pages_of(client, scene)
        assert SECRET not in everything and ">3.5<" not in everything and ">3,5<" not in everything
    assert SECRET in pages_of(as_member(app, scene, 1), scene)


def test_a_members_pages_are_the_same_whatever_the_others_have_done(app: Flask) -> None:
    scene = make_started(2)
    client = as_member(app, scene, 0)
    changing = re.compile(r"<time.*?</time>|name=\"csrf_token\" value=\"[^\"]*\"", re.S)
    before = changing.sub("", pages_of(client, scene))
    mark(mark(scene, 1, 0), 2, 0, finish=False)
    assert changing.sub("", pages_of(client, scene)) == before


def test_a_recused_member_finds_no_trace_of_the_application_but_its_name_in_the_declaration(app: Flask, scene: Scene) -> None:
    mark_all(scene)
    agree_all(scene)
    client = as_member(app, scene, 2)
    name, number = scene.application(1).organisation.name, scene.application(1).number
    for path in (
        call_page(scene, "komisija"),
        call_page(scene, "ocenjevanje"),
        pot_page(scene),
        address(scene),
        address(scene, 0, "/zbirni-list"),
    ):
        page = client.get(path)
        assert page.status_code == 200, path
        assert name not in page.text and number not in page.text, path
    assert "joint reason" not in client.get(pot_page(scene)).text
    assert ">1<" in re.sub(r"\s+", "", client.get(pot_page(scene)).text)


def test_in_a_panel_of_pot_scope_the_whole_pot_is_gone(app: Flask) -> None:
    scene = make_started(2, conflicts={2: [1]}, recusal_scope="pot")
    client = as_member(app, scene, 2)
    for path in (pot_page(scene), address(scene), address(scene, 1), address(scene, 0, "/zbirni-list")):
        assert client.get(path).status_code == 404
    assert f"/ocenjevanja/{scene.evaluation().id}" not in client.get(call_page(scene, "komisija")).text
    assert scene.application(0).organisation.name not in client.get(call_page(scene, "ocenjevanje")).text


def test_an_official_who_acts_for_an_applicant_does_not_read_its_collected_sheet(app: Flask) -> None:
    scene = make_collected(2)
    from grants.accounts.actions import add_member
    from grants.accounts.models import MemberRole, Organisation
    from grants.base.db import db
    from grants.base.transaction import unit_of_work

    with unit_of_work():
        organisation = db.session.get_one(Organisation, scene.application(0).organisation_id)
        add_member(organisation, scene.officer, MemberRole.EDITOR, by=scene.owner(0))
    client = as_person(app, scene.officer)
    assert client.get(address(scene, 0, "/zbirni-list")).status_code == 404
    assert client.get(address(scene, 1, "/zbirni-list")).status_code == 200
    page = client.get(pot_page(scene)).text
    assert scene.application(1).number in page and scene.application(0).number not in page


# The collected sheet and the conclusion


def test_the_collected_sheet_shows_every_mark_reason_spread_and_the_exact_mean(app: Flask) -> None:
    scene = make_started(1)
    for place, points in enumerate(("8", "8", "2")):
        mark(scene, place, 0, {"quality": (points, f"Utemeljitev številka {place}."), "reach": ("5", "")})
    page = as_member(app, scene, 1).get(address(scene, 0, "/zbirni-list")).text
    for shown in (
        "Utemeljitev številka 0.",
        "Utemeljitev številka 2.",
        "Carla Terza",
        "far apart",
        "(2 + 8 + 8) / 3 = 6",
        "The points are inferred from the published amounts.",
    ):
        assert shown in page
    assert "<form" not in page.split("</header>")[1]


def test_the_chair_finds_the_members_reasons_in_the_slovenian_field_and_writes_both(app: Flask) -> None:
    scene = make_collected(1)
    client, path = as_member(app, scene, 0), address(scene, 0, "/zbirni-list")
    page = client.get(path).text
    assert REASON in re.search(r'<textarea[^>]*name="reason-quality-sl"[^>]*>\n?(.*?)</textarea>', page, re.S)[1]
    assert "reason-reach-sl" not in page
    short = client.post(path, data={"reason-quality-sl": JOINT["sl"], "reason-quality-it": "breve"})
    assert short.status_code == 422 and 'href="#reason-quality-it"' in short.text and JOINT["sl"] in short.text
    assert client.post(path, data={f"reason-quality-{one}": JOINT[one] for one in ("sl", "it")}).status_code == 303
    assert as_member(app, scene, 1).post(path, data={}).status_code == 403
    shown = as_member(app, scene, 1).get(path).text
    assert JOINT["it"] in shown and "still missing" not in shown


def test_the_joint_mark_is_asked_for_where_the_rules_want_one(app: Flask) -> None:
    scene = make_collected(1, pot="project.all")
    client, path = as_member(app, scene, 0), address(scene, 0, "/zbirni-list", "project.all")
    page = client.get(path).text
    assert re.search(r'name="points-idea"[^>]*value="15"', page)
    assert "not agreed yet" in page
    assert client.post(path, data={"points-idea": "40", "reason-idea-sl": JOINT["sl"], "reason-idea-it": JOINT["it"]}).status_code == 422
    assert client.post(path, data={"points-idea": "15", "reason-idea-sl": JOINT["sl"], "reason-idea-it": JOINT["it"]}).status_code == 303


def test_the_conclusion_is_refused_naming_what_is_missing_then_freezes_the_sheets(app: Flask) -> None:
    scene = make_collected(2)
    client = as_member(app, scene, 0)
    refused = client.post(pot_page(scene, "/zakljucek"), data={"session_on": "4. 5. 2026"})
    assert refused.status_code == 409
    assert scene.application(0).number in refused.text and "Quality" in refused.text and "reason (it)" in refused.text
    agree_all(scene)
    assert client.post(pot_page(scene, "/zakljucek"), data={"session_on": "31. 2. 2026"}).status_code == 422
    later = client.post(pot_page(scene, "/zakljucek"), data={"session_on": "5. 5. 2026"})
    assert later.status_code == 422 and 'href="#session_on"' in later.text
    assert client.post(pot_page(scene, "/zakljucek"), data={"session_on": "4. 5. 2026"}).status_code == 303
    page = client.get(pot_page(scene)).text
    assert "33.5" in page and "Concluded" in page and "The panel concluded the scoring" in page
    assert "The sheet is frozen." in client.get(address(scene, 0, "/zbirni-list")).text


def test_the_minutes_are_read_by_the_office_and_by_members_recused_from_nothing(app: Flask) -> None:
    scene = make_concluded(2, conflicts={2: [1]})
    client = as_person(app, scene.officer)
    assert client.get(pot_page(scene, "/zapisnik.pdf")).status_code == 404
    jobs.run_pending()
    for reader in (client, as_member(app, scene, 0)):
        with reader.get(pot_page(scene, "/zapisnik.pdf")) as answer:
            assert answer.status_code == 200 and answer.data.startswith(b"%PDF")
    assert as_member(app, scene, 2).get(pot_page(scene, "/zapisnik.pdf")).status_code == 403


def test_the_officer_appoints_starts_and_follows_on_the_pages(app: Flask) -> None:
    scene = make_opened(1)
    client = as_person(app, scene.officer)
    assert "No panel is appointed yet." in client.get(call_page(scene, "komisija")).text
    form = {
        "members": "\n".join(scene.user(place).email for place in range(3)),
        "chair": scene.user(0).email,
        "recusal_scope": "pot",
        "order_number": "032-5/2026",
    }
    unknown = client.post(call_page(scene, "komisija/imenovanje"), data=form | {"members": "nihce@primer.example"})
    assert unknown.status_code == 422 and "nihce@primer.example" in unknown.text
    assert client.post(call_page(scene, "komisija/imenovanje"), data=form | {"chair": "nihce@primer.example"}).status_code == 422
    assert client.post(call_page(scene, "komisija/imenovanje"), data={}).status_code == 422
    assert client.post(call_page(scene, "komisija/imenovanje"), data=form).status_code == 303
    assert scene.user(1).email in client.get(call_page(scene, "komisija/imenovanje")).text
    early = client.post(call_page(scene, "ocenjevanje"), data={"pot": WORK})
    assert early.status_code == 409 and "Carla Terza" in early.text
    declare(scene)
    assert client.post(call_page(scene, "ocenjevanje"), data={"pot": ""}).status_code == 422
    for pot in (WORK, COSTS):
        assert client.post(call_page(scene, "ocenjevanje"), data={"pot": pot}).status_code == 303
    page = client.get(call_page(scene, "komisija")).text
    assert "Members are scoring" in page and "Collected, waiting for the session" in page and "Start the scoring" in page
    assert "Boris Drugi" in client.get(pot_page(scene)).text
    assert "There is no application" in client.post(call_page(scene, "ocenjevanje"), data={"pot": "project.all"}).text


def test_the_chair_concludes_a_pot_of_computed_points_without_sheets(app: Flask) -> None:
    scene = make_started(2, pot=COSTS)
    client = as_member(app, scene, 0)
    assert "there is nothing to mark" in client.get(call_page(scene, "ocenjevanje")).text
    assert client.get(address(scene, 0, pot=COSTS)).status_code == 200
    assert client.get(address(scene, 0, "/zbirni-list", pot=COSTS)).status_code == 200
    assert client.post(pot_page(scene, "/zakljucek", COSTS), data={"session_on": "4. 5. 2026"}).status_code == 303


def test_scoring_is_collected_early_and_opened_again_on_the_page(app: Flask) -> None:
    scene = mark_all(make_started(1), besides=[(2, 0)])
    client = as_member(app, scene, 0)
    assert client.post(pot_page(scene, "/zbiranje")).status_code == 303
    assert client.post(pot_page(scene, "/ponovno"), data={"reason": "kratko"}).status_code == 422
    assert client.post(pot_page(scene, "/ponovno"), data={"reason": "Spregledana priloga društva."}).status_code == 303
    assert scene.evaluation().status == "scoring"


@pytest.mark.parametrize("language", ["sl", "it"])
def test_every_page_is_sound_in_the_other_languages(app: Flask, language: str) -> None:
    scene = make_agreed(2)
    for client in (as_member(app, scene, 0), as_person(app, scene.officer)):
        for path in (
            call_page(scene, "komisija"),
            call_page(scene, "ocenjevanje"),
            call_page(scene, "izjava"),
            pot_page(scene),
            address(scene),
            address(scene, 0, "/zbirni-list"),
            call_page(scene, "komisija/imenovanje"),
        ):
            assert client.get(path.replace("/en/", f"/{language}/")).status_code in (200, 404)


# What it costs


@pytest.mark.parametrize("path", ["work", "pot", "panel"])
def test_lists_ask_the_same_number_of_questions_for_one_and_for_many(app: Flask, queries: object, path: str) -> None:
    counts = []
    for applicants in (1, 6):
        scene = make_collected(applicants) if path == "pot" else make_declared(applicants)
        if path == "work":
            from tests.evaluation.builders import start

            start(scene)
        client = as_member(app, scene, 0)
        where = pot_page(scene) if path == "pot" else call_page(scene, "ocenjevanje" if path == "work" else "komisija")
        client.get(where)
        queries()
        assert client.get(where).status_code == 200
        counts.append(len(queries()))
    assert counts[0] == counts[1]
