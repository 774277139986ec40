"""Triggers by which the database itself refuses to change a published call: its rules, its text, its dates, its documents."""

from __future__ import annotations

FROZEN = "a published call is never changed"

# Everything but the status.
FROZEN_COLUMNS = (
    "id", "reference", "title", "area", "regime", "kind", "decider", "remedy", "languages", "content", "budget_line",
    "rulebook_text", "rulebook_data", "rulebook_sha256", "acknowledged", "parameter_set", "opens_at", "closes_at",
    "opening_at", "decisions_due", "published_at", "created_at", "created_by_id",
)  # fmt: skip

AMENDED_COLUMNS = ("closes_at", "opening_at")
"""They move only together, and only as an amendment says that was published for exactly this step."""

_AMENDED = (
    "EXISTS (SELECT 1 FROM call_amendment a WHERE a.call_id = OLD.id AND a.closes_before = OLD.closes_at AND a.closes_at = NEW.closes_at "
    "AND a.opening_before = OLD.opening_at AND a.opening_at = NEW.opening_at)"
)


def _changed(unequal: str) -> str:
    frozen = " OR ".join(f"NEW.{column} {unequal} OLD.{column}" for column in FROZEN_COLUMNS if column not in AMENDED_COLUMNS)
    moved = " OR ".join(f"NEW.{column} {unequal} OLD.{column}" for column in AMENDED_COLUMNS)
    return f"{frozen} OR (({moved}) AND NOT {_AMENDED})"


# Columns that came later have a trigger of their own, so that none has to be made anew.
LIMIT_COLUMNS = ("largest_file_mb", "largest_total_mb")

# A discarded draft was never published and is as frozen as a call that was.
_CHANGED = _changed("IS NOT")
_CHANGED_POSTGRESQL = _changed("IS DISTINCT FROM")

_LIMITS = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in LIMIT_COLUMNS)
_LIMITS_POSTGRESQL = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in LIMIT_COLUMNS)

_NOT_A_DRAFT = "(SELECT status FROM call WHERE id = {row}.call_id) <> 'draft'"

SQLITE = (
    f"CREATE TRIGGER call_frozen BEFORE UPDATE ON call WHEN OLD.status <> 'draft' AND (NEW.status = 'draft' OR {_CHANGED}) "
    f"BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END",
    f"CREATE TRIGGER call_limits_frozen BEFORE UPDATE ON call WHEN OLD.status <> 'draft' AND ({_LIMITS}) "
    f"BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END",
    f"CREATE TRIGGER call_kept BEFORE DELETE ON call WHEN OLD.status <> 'draft' BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END",
    *(
        f"CREATE TRIGGER call_document_{verb.lower()} BEFORE {verb} ON call_document "
        f"WHEN {' OR '.join(_NOT_A_DRAFT.format(row=row) for row in rows)} BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END"
        for verb, rows in (("INSERT", ["NEW"]), ("UPDATE", ["OLD", "NEW"]), ("DELETE", ["OLD"]))
    ),
)

POSTGRESQL = (
    f"""CREATE OR REPLACE FUNCTION call_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.status <> 'draft' THEN RAISE EXCEPTION '{FROZEN}'; END IF;
    RETURN OLD;
  END IF;
  IF OLD.status <> 'draft' AND (NEW.status = 'draft' OR {_CHANGED_POSTGRESQL}) THEN RAISE EXCEPTION '{FROZEN}'; END IF;
  RETURN NEW;
END $$""",
    "CREATE TRIGGER call_guard BEFORE UPDATE OR DELETE ON call FOR EACH ROW EXECUTE FUNCTION call_guard()",
    f"""CREATE OR REPLACE FUNCTION call_limits_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF OLD.status <> 'draft' AND ({_LIMITS_POSTGRESQL}) THEN RAISE EXCEPTION '{FROZEN}'; END IF;
  RETURN NEW;
END $$""",
    "CREATE TRIGGER call_limits_guard BEFORE UPDATE ON call FOR EACH ROW EXECUTE FUNCTION call_limits_guard()",
    f"""CREATE OR REPLACE FUNCTION call_document_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP <> 'INSERT' AND {_NOT_A_DRAFT.format(row="OLD")} THEN RAISE EXCEPTION '{FROZEN}'; END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF {_NOT_A_DRAFT.format(row="NEW")} THEN RAISE EXCEPTION '{FROZEN}'; END IF;
  RETURN NEW;
END $$""",
    "CREATE TRIGGER call_document_guard BEFORE INSERT OR UPDATE OR DELETE ON call_document FOR EACH ROW EXECUTE FUNCTION call_document_guard()",
)
