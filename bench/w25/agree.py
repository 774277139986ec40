"""Bring the evaluation of W25 to where its session can conclude it: the chair collects, and the joint reasons are there.

python -m bench.w25.agree
"""

from __future__ import annotations

import json
import random

from bench.w25.seed import sentence
from grants.accounts.models import User
from grants.app import create_app
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.config import data_folder
from grants.evaluation import facts, queries
from grants.evaluation.actions import collecting
from grants.evaluation.models import Agreement


def main() -> None:
    """The reasons are written in one go; a panel writes them page by page."""
    told, chance = json.loads((data_folder() / "w25.json").read_text(encoding="utf-8")), random.Random(44)
    with create_app().app_context():
        with unit_of_work():
            evaluation = queries.get_evaluation(told["evaluation"])
            collecting.collect(evaluation, by=db.session.get_one(User, told["members"][0]))
        with unit_of_work():
            board = queries.board_of(queries.get_evaluation(told["evaluation"]))
            sheets = queries.collected(board, board.applications)
            for application in board.applications:
                for row in facts.tallies(board.pot, facts.judged_in(board, application), sheets[application.id], {}):
                    if row.needs_reason:
                        reason = {language: sentence(chance, 200) for language in ("sl", "it")}
                        db.session.add(
                            Agreement(
                                evaluation_id=board.evaluation.id, application_id=application.id, criterion=row.criterion.id, reason=reason
                            )
                        )


if __name__ == "__main__":
    main()
