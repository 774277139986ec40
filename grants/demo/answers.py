"""Answers that somebody might really have typed, for any form that a rulebook describes. The same seed gives the same answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from scoring.conditions import judge_condition
from scoring.facts import check_facts
from scoring.finance import balance_of
from scoring.form import form_of, settled
from scoring.money import euros
from scoring.questions import Fact
from scoring.rulebook import Track

SENTENCES = (
    "Društvo deluje neprekinjeno vse leto in svoje dejavnosti izvaja v krajih občine.",
    "Skupine se srečujejo dvakrat na teden pod vodstvom usposobljenih prostovoljcev.",
    "Posebno skrb namenjamo otrokom, mladim in članom z manj priložnostmi.",
    "Program pripravljamo v slovenskem in italijanskem jeziku, skupaj s šolama obeh jezikov.",
    "Vsako spomlad in jesen pripravimo odprti teden, na katerega vabimo vse občane.",
    "L'associazione collabora con la comunità degli italiani e con le scuole del comune.",
    "Le attività si svolgono nei locali della comunità locale e, d'estate, in riva al mare.",
    "Stroške krijemo s članarino, s prispevki članov in z delom prostovoljcev.",
    "Z društvi iz sosednjih krajev si delimo prostore in opremo ter usklajujemo urnike.",
    "Lani je pri dejavnostih sodelovalo več kot sto prebivalcev, letos jih pričakujemo več.",
)
WORDS: dict[str, tuple[str, ...]] = {
    "name": ("Mlajša skupina", "Starejša skupina", "Začetniki", "Člani", "Jutranja skupina"),
    "place": ("Trg pred občino", "Kulturni dom", "Pokrajinska knjižnica", "Mestna knjižnica", "Dvorišče osnovne šole"),
    "project_title": ("Glasovi morja – Voci del mare", "Pozabljeni poklici", "Poletje pod zvezdami", "Zgodbe z dvorišč", "Solinarske poti"),
    "what": ("Mentorji delavnic", "Najem dvorane", "Ozvočenje", "Tisk programskega lista", "Barve in platna", "Stampa dei manifesti"),
    "person": ("Katja Umek", "Marco Rossi", "Andreja Pucer", "Denis Lukin", "Sara Cergolj", "Paolo Furlanič"),
}
MONEY = {
    "requested": (900, 3900),
    "own_funds": (300, 2500),
    "programme_value": (6000, 42000),
    "costs": (5000, 30000),
    "amount": (400, 5000),
}
COUNTS = {
    "years_active": (2, 60), "members": (12, 240), "minors": (0, 90), "licensed_coaches": (0, 7), "participants": (8, 60), "visitors": (20, 400),
    "performances": (1, 24), "guest_performances": (0, 9), "active_members": (8, 70), "open_days": (0, 40), "volunteer_hours": (40, 2600),
}  # fmt: skip


MOST_DRAWS = 400


def typed_answers(track: Track, random: Random) -> dict[str, Any]:
    """What one applicant types into the form of a track: complete and right, as texts, and of somebody who may take part. Files are left out."""
    computed, facts = form_of(track).computed, [_alone(track, fact) for fact in track.facts]
    for _ in range(MOST_DRAWS):
        answers: dict[str, Any] = {}
        for fact in facts:
            if fact.prefill is None and fact.kind != "file" and fact.id not in computed and (fact.required or random.random() < 0.6):
                answers[fact.id] = _typed(fact, random)
        values, _errors = check_facts(track.facts, answers)
        if track.plan is not None:
            income = balanced_income(track, settled(track, values))
            answers |= {name: euros(cents).replace(".", ",") for name, cents in income.items()}
            values |= income
        judged = [judge_condition(track, condition, values) for condition in track.conditions]
        if all(one is None or one.met for one in judged):
            return answers
    raise LookupError(f"none of {MOST_DRAWS} drawn applications meets the conditions of {track.id}")


def _alone(track: Track, fact: Fact) -> Fact:
    """A question as it is put to whoever applies alone: who bears a cost is asked of partners only."""
    bearer = None if track.plan is None or fact.id != track.plan.costs.table else track.plan.costs.bearer
    return fact if bearer is None else fact.model_copy(update={"columns": tuple(one for one in fact.columns if one.id != bearer)})


def balanced_income(track: Track, values: Mapping[str, Any]) -> dict[str, int]:
    """Income in cents by fact, so that the finance plan balances: half is asked for, a little comes from others, the rest is one's own."""
    plan, balance = track.plan, balance_of(track, values)
    if plan is None or balance is None:
        return {}
    volunteers = 0 if plan.volunteers is None else dict(balance.income)[plan.volunteers.value]
    left = balance.cost_cents - volunteers
    income = dict.fromkeys(plan.income, 0)
    own = plan.income[0]
    request = next((pot.caps.request for pot in track.pots if pot.caps.request in plan.income), plan.income[-1])
    wanted = track.fact(request)
    least = int(Fraction(wanted.minimum or "0") * 100)
    income[request] = min(left, max(least, min(left // 2, int(Fraction(wanted.maximum or "500000") * 100))))
    left -= income[request]
    for name in plan.income:
        if name not in (own, request):
            income[name] = min(left // 5, balance.cost_cents // 20)
            left -= income[name]
    income[own] = left
    return income


def _typed(fact: Fact, random: Random) -> Any:
    match fact.kind:
        case "boolean":
            return "y"
        case "choice":
            return random.choice(fact.choices).id
        case "choices":
            return [choice.id for choice in random.sample(fact.choices, random.randint(1, min(3, len(fact.choices))))]
        case "integer":
            return str(_count(fact, random))
        case "decimal":
            low, high = _range(fact, 1, 12)
            return f"{random.randint(low + 1, min(high, 100 if fact.id == 'local_share' else 8))},5" if high > low + 1 else str(low)
        case "money":
            low, high = _range(fact, 300, 20000)
            wanted = MONEY.get(fact.id, (low, min(high, 20000)))
            return f"{random.randint(max(low, wanted[0]), min(high, wanted[1]))},{random.choice(('00', '00', '50'))}"
        case "date":
            first = date.fromisoformat(fact.minimum or "2026-01-01")
            last = date.fromisoformat(fact.maximum or "2026-12-31")
            days = (last - first).days
            offset = days if "end" in fact.id else random.randint(0, days // 3)
            return f"{(day := first + timedelta(days=offset)).day}. {day.month}. {day.year}"
        case "email":
            return "pisarna@obala.example"
        case "url":
            return "https://drustvo.obala.example"
        case "table":
            rows = random.randint(max(1, fact.min_rows), min(4, fact.max_rows))
            return [{column.id: _typed(column, random) for column in fact.columns} for _ in range(rows)]
        case "longtext":
            return _prose(fact, random)
    pool = WORDS.get(fact.id, WORDS["person"] if fact.personal or fact.id in ("leader", "artistic_leader") else WORDS["name"])
    return random.choice(pool)[: fact.max_length or 250]


def _prose(fact: Fact, random: Random) -> str:
    text = ""
    for sentence in random.sample(SENTENCES, len(SENTENCES)):
        if len(text) + len(sentence) + 1 > min(fact.max_length or 5000, 700):
            break
        text = f"{text} {sentence}".strip()
    return text


def _range(fact: Fact, low: int, high: int) -> tuple[int, int]:
    return int(fact.minimum.partition(".")[0]) if fact.minimum else low, int(fact.maximum.partition(".")[0]) if fact.maximum else high


def _count(fact: Fact, random: Random) -> int:
    low, high = _range(fact, 0, 50)
    wanted = COUNTS.get(fact.id, (low, min(high, 40)))
    return random.randint(max(low, wanted[0]), min(high, wanted[1]))
