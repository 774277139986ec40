"""Triggers by which the database itself refuses a decision without reasons, and any change of an issued one."""

from __future__ import annotations

REASONLESS = "a decision cannot be issued while a reason is missing"
FROZEN = "an issued decision is never changed"
DRAWN = "a drawn lot is never changed"
DRAFTED = "a drafted decision is only ever issued"

# What an empty reason may be made of: blanks, tabs, line ends and the blank that does not break.
_BLANK = {
    "sqlite": "(' ' || char(9) || char(10) || char(13) || char(160))",
    "postgresql": "(' ' || chr(9) || chr(10) || chr(13) || chr(160))",
}
# What was decided stands from the moment of drafting; only the status and who issued it when may follow.
_FIXED = (
    "id", "award_id", "application_id", "number", "languages", "criteria_count", "amount_cents",
    "sheet_data", "sheet_sha256", "rulebook_sha256", "parameter_set", "drafted_at", "led_by_id",
)  # fmt: skip


def _incomplete(dialect: str) -> str:
    """A decision needs as many lines as its pot has criteria, each with a reason in every language of the act."""
    sl, it = (f"length(trim(l.reason_{one}, {_BLANK[dialect]})) > 0" for one in ("sl", "it"))
    complete = f"{sl} AND (NEW.languages NOT LIKE '%it%' OR {it})"
    return f"""NEW.criteria_count < 1
 OR (SELECT count(*) FROM decision_line l WHERE l.decision_id = NEW.id) <> NEW.criteria_count
 OR (SELECT count(*) FROM decision_line l WHERE l.decision_id = NEW.id AND {complete}) <> NEW.criteria_count"""  # noqa: S608 - constants of this module only


def _rewritten(differs: str) -> str:
    return " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in _FIXED)


# INSERT OR REPLACE removes the old row without asking the DELETE trigger unless the connection has recursive_triggers on.
_REPLACES = """EXISTS (SELECT 1 FROM decision d WHERE d.status = 'issued'
 AND (d.id = NEW.id OR d.number = NEW.number OR d.award_id = NEW.award_id))"""
_LINE_REPLACES = """EXISTS (SELECT 1 FROM decision_line l JOIN decision d ON d.id = l.decision_id
 WHERE d.status = 'issued' AND l.id = NEW.id)"""


def _sqlite(name: str, when: str, condition: str, refusal: str) -> str:
    return f"CREATE TRIGGER {name} BEFORE {when} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"


def _issued(row: str) -> str:
    return f"(SELECT status FROM decision WHERE id = {row}.decision_id) = 'issued'"  # noqa: S608 - constants of this module only


SQLITE = (
    _sqlite(
        "decision_issue",
        "UPDATE ON decision",
        f"NEW.status = 'issued' AND OLD.status <> 'issued' AND ({_incomplete('sqlite')})",
        REASONLESS,
    ),
    _sqlite("decision_fixed", "UPDATE ON decision", f"OLD.status <> 'issued' AND ({_rewritten('IS NOT')})", DRAFTED),
    _sqlite("decision_issued_insert", "INSERT ON decision", "NEW.status = 'issued'", REASONLESS),
    _sqlite("decision_replaced", "INSERT ON decision", _REPLACES, FROZEN),
    _sqlite("decision_frozen", "UPDATE ON decision", "OLD.status = 'issued'", FROZEN),
    _sqlite("decision_kept", "DELETE ON decision", "OLD.status = 'issued'", FROZEN),
    _sqlite("decision_line_insert", "INSERT ON decision_line", f"{_issued('NEW')} OR {_LINE_REPLACES}", FROZEN),
    _sqlite("decision_line_update", "UPDATE ON decision_line", f"{_issued('OLD')} OR {_issued('NEW')}", FROZEN),
    _sqlite("decision_line_delete", "DELETE ON decision_line", _issued("OLD"), FROZEN),
)

POSTGRESQL = (
    f"""CREATE OR REPLACE FUNCTION decision_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'TRUNCATE' THEN RAISE EXCEPTION '{FROZEN}'; END IF;
  IF TG_OP = 'DELETE' THEN
    IF OLD.status = 'issued' THEN RAISE EXCEPTION '{FROZEN}'; END IF;
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF OLD.status = 'issued' THEN RAISE EXCEPTION '{FROZEN}'; END IF;
    IF {_rewritten("IS DISTINCT FROM")} THEN RAISE EXCEPTION '{DRAFTED}'; END IF;
  END IF;
  IF NEW.status = 'issued' AND (TG_OP = 'INSERT' OR {_incomplete("postgresql")}) THEN RAISE EXCEPTION '{REASONLESS}'; END IF;
  RETURN NEW;
END $$""",
    "CREATE TRIGGER decision_guard BEFORE INSERT OR UPDATE OR DELETE ON decision FOR EACH ROW EXECUTE FUNCTION decision_guard()",
    "CREATE TRIGGER decision_truncate BEFORE TRUNCATE ON decision FOR EACH STATEMENT EXECUTE FUNCTION decision_guard()",
    f"""CREATE OR REPLACE FUNCTION decision_line_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'TRUNCATE' THEN RAISE EXCEPTION '{FROZEN}'; END IF;
  IF TG_OP <> 'INSERT' AND {_issued("OLD")} THEN RAISE EXCEPTION '{FROZEN}'; END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF {_issued("NEW")} THEN RAISE EXCEPTION '{FROZEN}'; END IF;
  RETURN NEW;
END $$""",
    "CREATE TRIGGER decision_line_guard BEFORE INSERT OR UPDATE OR DELETE ON decision_line FOR EACH ROW EXECUTE FUNCTION decision_line_guard()",
    "CREATE TRIGGER decision_line_truncate BEFORE TRUNCATE ON decision_line FOR EACH STATEMENT EXECUTE FUNCTION decision_line_guard()",
)
