"""A published bundle recomputes to the cent, names what was changed, and never holds anything personal."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from scoring.allocation import allocate
from scoring.bundle import FORMAT, PARTS, _hash, make_bundle, public_facts, verify_bundle
from scoring.differences import diff_bundles
from scoring.facts import Proven, check_facts
from scoring.money import number
from scoring.points import Agreement, Mark, score
from scoring.rulebook import Rulebook, read_rulebook
from tests.scoring.samples import FACTS, PANEL, POT, rulebook_text, sample

Bundle = dict[str, Any]
PRIVATE = ("Ana Skrita", "ana@obala.example", "SI56 0000", "private remark")


def rulebook() -> Rulebook:
    facts = FACTS + "".join(
        f"- {{id: {name}, kind: {kind}, label: {{sl: a, it: b}}, {flag}: true}}\n"
        for name, kind, flag in (
            ("leader_name", "text", "personal"),
            ("email", "email", "personal"),
            ("iban", "text", "personal"),
            ("place", "text", "public"),
        )
    )
    criteria = (
        "id: size\ntitle: {sl: Velikost, it: Grandezza}\narticle: x\nkind: bands\nfact: members\nmaximum: 20\nbands: [{from: 0, below: 10, points: 10}, {from: 10, points: 20}]\n",
        'id: hours\ntitle: {sl: Ure, it: Ore}\narticle: x\nkind: formula\nmaximum: 30\nformula: "total(groups, hours) * 2 + count(groups)"\n',
        PANEL,
    )
    first = (
        POT.replace("id: main", "id: first").replace("10000.00", "500.00")
        + f"leftover: {{to: [main]}}\naggregation: agreed\ncriteria:\n  - {{{', '.join(PANEL.strip().splitlines())}}}\n"
    )
    return sample(facts=facts, pots=(first,), criteria=criteria, pot=POT + "threshold: {minimum: 16}\nleast_marks: 2\n")


def bundle() -> Bundle:
    rules = rulebook()
    answers: dict[str, dict[str, Any]] = {
        "P1": {"members": "8", "requested": "1.000,00", "groups": [{"name": "Ana Skrita", "hours": "2,5", "participants": "7"}, {"name": "B", "hours": "4"}], "leader_name": "Ana Skrita", "email": "ana@obala.example", "iban": "SI56 0000", "place": "Pristan", "remark": "private remark"},
        "P2": {"members": "40", "requested": "9000", "groups": [{"name": "C", "hours": "3"}]},
        "P3": {"members": "40", "requested": "9000", "groups": [{"name": "D", "hours": "3"}]},
        "P4": {"members": "0", "requested": "300"},
    }  # fmt: skip
    facts = {name: check_facts(rules.tracks[0].facts, given)[0] for name, given in answers.items()}
    marks, agreements, sheets = dict[str, list[Mark]](), dict[str, list[Agreement]](), []
    for place, name in enumerate(facts):
        for track, pot in rules.pots():
            key = f"{pot.id} {name}"
            marks[key] = [] if pot.id == "first" else [Mark("A", "quality", number(3 + place)), Mark("B", "quality", number(4))]
            agreements[key] = [
                Agreement("quality", number(5) if pot.id == "first" else None, {"sl": "Ker je tako.", "it": "Perché è così."})
            ]
            if pot.id == "main" or name == "P4":
                sheets.append(score(track, pot, name, facts[name], marks[key], agreements[key]))
    order = {name: rank for rank, name in enumerate(facts)}
    made = make_bundle(
        {"reference": "671-3/2026"}, rules, facts, marks, agreements, sheets, allocate(rules, sheets, facts, order=order), order
    )
    return json.loads(json.dumps(made))  # type: ignore[no-any-return]  # as a stranger reads it


def sealed(data: Bundle) -> Bundle:
    """The hashes made anew, as a careful forger would."""
    parts = {name: data[name] for name in PARTS}
    data["sha256"] = {name: _hash(parts[name]) for name in PARTS} | {"bundle": _hash({"format": FORMAT, **parts})}
    return data


def award_of(data: Bundle, name: str, pot: str = "main") -> Bundle:
    return next(award for result in data["awards"] if result["pot"] == pot for award in result["awards"] if award["applicant"] == name)  # type: ignore[no-any-return]


def test_a_published_bundle_verifies_with_no_difference() -> None:
    data = bundle()
    assert [result["pot"] for result in data["awards"]] == ["first", "main"]
    assert (verify_bundle(data).checked, verify_bundle(data).differences) == (5, ())
    assert award_of(data, "P4")["amount_cents"] == 0, "it was below the threshold"
    assert data["awards"][1]["joined_cents"] == 20000


def test_a_bundle_is_the_same_each_time() -> None:
    assert bundle() == bundle()


def test_nothing_personal_is_ever_in_it() -> None:
    text = json.dumps(bundle(), ensure_ascii=False)
    assert [secret for secret in PRIVATE if secret in text] == []
    facts = bundle()["facts"]
    assert facts["P1"] == {"members": 8, "requested": 100000, "groups": [{"hours": "2.5"}, {"hours": "4"}], "place": "Pristan"}


def test_of_a_public_table_the_personal_columns_stay_at_home() -> None:
    facts = "- {id: members, kind: integer, label: {sl: a, it: b}}\n- {id: requested, kind: money, label: {sl: a, it: b}}\n- id: team\n  kind: table\n  public: true\n  label: {sl: a, it: b}\n  columns:\n    - {id: name, kind: text, personal: true, label: {sl: a, it: b}}\n    - {id: role, kind: text, label: {sl: a, it: b}}\n"
    track, pot = sample(facts=facts).track_and_pot("main")
    assert public_facts(track, [pot], {"team": [{"name": "Ana Skrita", "role": "vodja"}]}) == {"team": [{"role": "vodja"}]}


def amount(data: Bundle) -> None:
    award_of(data, "P2")["amount_cents"] += 1


def mark(data: Bundle) -> None:
    data["marks"]["main P2"][0]["points"] = "15"


def fact(data: Bundle) -> None:
    data["facts"]["P1"]["members"] = 12


def rule(data: Bundle) -> None:
    data["rulebook"]["tracks"][0]["pots"][1]["amount"] = "9000.00"


def order(data: Bundle) -> None:
    data["order"] = {"P1": 0, "P2": 3, "P3": 2, "P4": 1}


def points(data: Bundle) -> None:
    data["sheets"][0]["total"] = "49"


def reason(data: Bundle) -> None:
    data["sheets"][0]["lines"][2]["texts"]["sl"] = "Nekaj drugega."


def step(data: Bundle) -> None:
    award_of(data, "P1")["steps"].pop(2)


def deleted_award(data: Bundle) -> None:
    data["awards"][1]["awards"] = [award for award in data["awards"][1]["awards"] if award["applicant"] != "P3"]


def deleted_everywhere(data: Bundle) -> None:
    deleted_award(data)
    data["sheets"] = [sheet for sheet in data["sheets"] if sheet["applicant"] != "P3"]


def deleted_pot(data: Bundle) -> None:
    data["awards"] = data["awards"][:1]


def doubled(data: Bundle) -> None:
    data["awards"][1]["awards"].append(dict(award_of(data, "P2")))


def stranger(data: Bundle) -> None:
    data["awards"][1]["awards"].append({**award_of(data, "P2"), "applicant": "P9"})


def paid(data: Bundle) -> None:
    data["awards"][1]["paid_cents"] -= 1


def flowed(data: Bundle) -> None:
    data["awards"][0]["flows"] = []


TAMPERINGS: list[tuple[Callable[[Bundle], None], str, str]] = [
    (amount, "awards", "P2 main: published 4"),
    (mark, "marks", "P2 main: published "),
    (fact, "facts", "P1 main: published "),
    (rule, "rulebook", "P2 main: published "),
    (points, "sheets", "P1 main: published 49 points, recomputed "),
    (reason, "sheets", "P1 main: the sheet differs although its total does not"),
    (step, "awards", "P1 main: the amount agrees, its points or steps do not"),
    (deleted_award, "awards", "P3 main: not published, recomputed "),
    (deleted_everywhere, "awards", "P2 main: published "),
    (deleted_pot, "awards", "P1 main: it has a sheet, but the result of its pot is missing"),
    (doubled, "awards", "P2 main: published twice"),
    (stranger, "awards", "P9 main: published "),
    (paid, "awards", "pot main: paid published 10199.99 EUR, recomputed 10200.00 EUR"),
    (flowed, "awards", "pot first: flows published nothing, recomputed 200.00 EUR to main"),
]


@pytest.mark.parametrize(("change", "part", "words"), TAMPERINGS, ids=[change.__name__ for change, _, _ in TAMPERINGS])
def test_tampering_is_named_by_hash_and_by_recomputation(change: Callable[[Bundle], None], part: str, words: str) -> None:
    data = bundle()
    change(data)
    told = verify_bundle(data).differences
    assert f'the part "{part}" is not the one that was published: its hash differs' in told
    assert "the bundle as a whole is not the one that was published: its hash differs" in told
    forged = verify_bundle(sealed(data)).differences
    assert any(difference.startswith(words) for difference in forged), forged
    assert not any("hash" in difference for difference in forged)


def test_an_order_that_decides_nothing_is_still_told_by_its_hash() -> None:
    data = bundle()
    order(data)
    assert 'the part "order" is not the one that was published: its hash differs' in verify_bundle(data).differences


@pytest.mark.parametrize("part", [*PARTS, "bundle"])
def test_a_changed_hash_is_told(part: str) -> None:
    data = bundle()
    data["sha256"][part] = "0" * 64
    (difference,) = verify_bundle(data).differences
    assert ("as a whole" if part == "bundle" else f'"{part}"') in difference


@pytest.mark.parametrize("part", [*PARTS, "sha256"])
def test_a_missing_part_is_told(part: str) -> None:
    data = bundle()
    del data[part]
    assert verify_bundle(data).differences == (f'the part "{part}" is missing',)
    assert verify_bundle(data).checked == 0


BROKEN: list[Callable[[Bundle], Any]] = [
    lambda data: data["rulebook"].pop("tracks"), lambda data: data["awards"][0].update(pot="nowhere"), lambda data: data["awards"][1]["awards"][0].update(amount_cents=0.5),
    lambda data: data.update(awards=None), lambda data: data.update(sheets=[[]]), lambda data: data["marks"].update({"main P1": [{"member": "A"}]}), lambda data: data.update(facts=[]),
    lambda data: data["facts"]["P1"].update(requested="a lot"), lambda data: data["marks"]["main P1"][0].update(points="1e9"), lambda data: data["facts"]["P1"].update(groups=[5]), lambda data: data["facts"]["P1"].update(requested=float("inf")),
]  # fmt: skip


@pytest.mark.parametrize("change", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_bundle_is_told_and_never_crashes(change: Callable[[Bundle], Any]) -> None:
    data = bundle()
    change(data)
    told = verify_bundle(data).differences
    assert told and not any(word in one for one in told for word in ("Error", "object", "NoneType", "zip"))


MALFORMED: list[tuple[Callable[[Bundle], Any], str]] = [
    (lambda data: data["facts"].update(P2=3), "facts / P2: keys and values are wanted here, not 3"),
    (lambda data: data.update(marks=[]), "marks: keys and values are wanted here, not []"),
    (lambda data: data.update(order={"P1": "a"}), 'order / P1: a whole number is wanted here, not "a"'),
    (lambda data: data["order"].update(P1=True), "order / P1: a whole number is wanted here, not true"),
    (lambda data: data.update(awards=None), "awards: a list is wanted here, not null"),
    (lambda data: data["awards"].append(data["awards"][0]), 'awards: the result of pot "first" stands twice'),
    (lambda data: data["awards"][0].update(pot="nowhere"), 'awards / 1: there is no pot "nowhere" in the rulebook'),
    (lambda data: data["marks"]["main P1"][0].pop("points"), 'marks / main P1 / 1: the key "points" is missing'),
    (lambda data: data["marks"]["main P1"][0].update(weight="2"), 'marks / main P1 / 1: the key "weight" is not known here'),
    (lambda data: data["facts"]["P1"].update(members={"value": 3}), 'facts / P1 / members: the key "stated" is missing beside what was found out'),
    (lambda data: data["rulebook"].pop("tracks"), 'rulebook: tracks: the key "tracks" is missing'),
    (lambda data: data["facts"]["P1"].update(requested="a lot"), 'facts / P1 / requested: a whole number of cents is wanted here, not "a lot"'),
    (lambda data: data["facts"]["P1"].update(members={"stated": "8"}), 'facts / P1 / members / stated: a whole number is wanted here, not "8"'),
    (lambda data: data["facts"]["P2"].update(groups=[{"hours": [3]}]), "facts / P2 / groups / 1 / hours: an exact number as a text, such as \"12.5\", is wanted here, not [3]"),
    (lambda data: data["facts"]["P2"].update(groups=[5]), "facts / P2 / groups: a list of rows is wanted here, not [5]"),
    (lambda data: data.update(sheets=[[]]), "sheets / 1: keys and values are wanted here, not []"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_bundle_is_told_at_its_place(change: Callable[[Bundle], Any], words: str) -> None:
    data = bundle()
    change(data)
    told = verify_bundle(sealed(data))
    assert words in told.differences and not told.readable and not told.checked


def test_what_stands_beside_the_parts_of_a_bundle_is_told() -> None:
    data = bundle() | {"extra": 1}
    told = verify_bundle(data)
    assert told.checked == 5
    assert told.differences == ('there is a part "extra", and the format merila-bundle-1 knows none: nothing in it is checked',)


def test_a_difference_is_told_in_euros_everywhere() -> None:
    data = bundle()
    data["facts"]["P1"]["requested"] = 90000
    data["decided"] = {"main": {"P1": {"cents": 1250, "reason": {"sl": "a"}}}}
    data["awards"][1]["awards"][0]["amount_cents"] += 1
    told = diff_bundles(bundle(), data)
    assert "facts: P1 / requested: 1000.00 EUR -> 900.00 EUR" in told
    assert any(one.startswith("decided: main: nothing -> ") and "12.50 EUR" in one for one in told)
    assert any(one.startswith("award: main P1: ") and one.endswith(" EUR") for one in told)
    assert diff_bundles(bundle(), bundle() | {"extra": 1}) == ["extra: nothing -> 1"]
    assert diff_bundles(bundle(), bundle()) == []


@pytest.mark.parametrize("data", [None, [], "bundle", {}, {"format": "other"}, 5])
def test_what_is_no_bundle_is_told(data: object) -> None:
    assert verify_bundle(data).differences == ("this is not a bundle of the format merila-bundle-1",)


def carried_over(cents: int = 12345) -> tuple[Bundle, Bundle]:
    """Two results: a first pot settled alone, and the main one that its leftover joined later."""
    rules, made = rulebook(), list[Bundle]()
    facts: dict[str, dict[str, Any]] = {"P1": {"members": 40, "requested": 50000}, "P2": {"members": 12, "requested": 9900000}}
    order = {"P1": 0, "P2": 1}
    agreement = [Agreement("quality", number(15), {"sl": "Ker je tako.", "it": "Perché è così."})]
    for name, names, brought in (("first", ["P1"], {}), ("main", ["P1", "P2"], {"first": cents, "nowhere": 5})):
        marks = {f"{name} {one}": [Mark("A", "quality", number(9)), Mark("B", "quality", number(9))] for one in names if name == "main"}
        agreed = {f"{name} {one}": agreement if name == "first" else [] for one in names}
        sheets = [
            score(*rules.track_and_pot(name), one, facts[one], marks.get(f"{name} {one}", []), agreed[f"{name} {one}"]) for one in names
        ]
        result = allocate(rules, sheets, facts, pots=[name], order=order, carried=brought)
        data = make_bundle({"reference": "1"}, rules, facts, marks, agreed, sheets, result, order, carried=brought)
        made.append(json.loads(json.dumps(data)))
    return made[0], made[1]


def test_a_result_holds_what_was_carried_over_from_another_and_verifies() -> None:
    first, main = carried_over(0)
    assert "carried" not in first and first["awards"][0]["residual_cents"] == 0, "a part that says nothing is not there"
    assert main["carried"] == {"first": 0}, "what joins none of the pots is left out"
    _, main = carried_over()
    assert main["awards"][0]["joined_cents"] == main["carried"]["first"] == 12345
    assert (verify_bundle(main).checked, verify_bundle(main).differences) == (2, ())
    assert verify_bundle(first).differences == ()


def test_a_changed_or_invented_carried_amount_is_told() -> None:
    first, main = carried_over()
    main["carried"]["first"] += 1
    told = verify_bundle(main).differences
    assert 'the part "carried" is not the one that was published: its hash differs' in told
    assert "pot main: joined published 123.45 EUR, recomputed 123.46 EUR" in told
    main = carried_over()[1]
    main["carried"]["main"] = 5
    assert "carried from pot main: it joins none of the pots of this result" in verify_bundle(main).differences
    main = carried_over()[1]
    del main["carried"]
    assert any("settle it first" in one for one in verify_bundle(main).differences)
    main = carried_over()[1]
    assert verify_bundle(main, [first]).differences == ("carried from pot first: published 123.45 EUR, the earlier result left 0.00 EUR",)
    assert verify_bundle(main, [main]).differences == ("carried from pot first: it is in none of the earlier results",)
    assert verify_bundle(carried_over(0)[1], [first]).differences == ()


def published(rules: Rulebook, facts: dict[str, dict[str, Any]], pots: list[str]) -> Bundle:
    """The bundle of applicants who compete in these pots, nobody marks anything."""
    sheets = [score(*rules.track_and_pot(pot), name, own) for pot in pots for name, own in facts.items()]
    order = {name: rank for rank, name in enumerate(facts)}
    made = make_bundle({}, rules, facts, {}, {}, sheets, allocate(rules, sheets, facts, order=order), order)
    return json.loads(json.dumps(made))  # type: ignore[no-any-return]


SIZE = 'id: size\ntitle: {sl: Velikost, it: Grandezza}\narticle: "2"\nkind: per_unit\nfact: members\nper_unit: 1\nmaximum: 20\n'


def test_a_bundle_holds_the_columns_that_an_exception_from_exclusive_pots_looks_at() -> None:
    text = rulebook_text(criteria=(SIZE,), pots=(POT.replace("id: main", "id: other") + f"criteria:\n  - {{{', '.join(SIZE.strip().splitlines())}}}\n",))  # fmt: skip
    rules = read_rulebook(
        text
        + "exclusive:\n  - {pots: [other, main], article: 5. člen, keep: listed, id: once, text: {sl: Enkrat., it: Una volta.}, except: [{holds: "
        '"total(groups, participants) >= 10", text: {sl: Velika., it: Grande.}, article: "6"}]}\n'
    )
    facts = {
        "A": {"members": 5, "requested": 10000, "groups": [{"name": "Skrita", "participants": 12}]},
        "B": {"members": 5, "requested": 10000, "groups": [{"name": "Tudi", "participants": 2}]},
    }
    data = published(rules, facts, ["other", "main"])
    assert data["facts"]["A"]["groups"] == [{"participants": 12}]
    assert award_of(data, "A")["amount_cents"] and not award_of(data, "B")["amount_cents"]
    assert verify_bundle(data).differences == ()


def test_a_bundle_tells_how_many_files_there_are_where_they_count_and_nothing_more() -> None:
    files = (
        FACTS.replace("{id: members, kind: integer,", "{id: members, kind: integer, when: known(licence),")
        + "- {id: licence, kind: file, max_files: 3, label: {sl: Dovoljenje, it: Licenza}}\n- {id: proof, kind: file, label: {sl: Dokazilo, it: Prova}, public: true}\n"
        + "- {id: plan, kind: file, label: {sl: Načrt, it: Piano}}\n"
    )
    lines = files.splitlines(keepends=True)
    lines = [one for one in lines if "licence, kind" in one] + [one for one in lines if "licence, kind" not in one]
    flag = 'id: planned\ntitle: {sl: Načrt, it: Piano}\narticle: "3"\nkind: flag\nfact: plan\npoints: 3\nmaximum: 3\n'
    rules = sample(facts="".join(lines), criteria=(SIZE, flag))
    facts = {
        "A": {"members": 5, "requested": 10000, "licence": ["wwww", "xxxx"], "proof": ["yyyy"], "plan": Proven(["zzzz"], proven=True)},
        "B": {"members": 5, "requested": 10000},
    }
    data = published(rules, facts, ["main"])
    assert data["facts"]["A"]["licence"] == ["", ""] and "proof" not in data["facts"]["A"]
    assert data["facts"]["A"]["plan"]["stated"] == [""]
    assert not any(secret in json.dumps(data) for secret in ("wwww", "xxxx", "yyyy", "zzzz"))
    assert [sheet["total"] for sheet in data["sheets"]] == ["8", "0"]
    assert verify_bundle(data).differences == ()
