"""What is computed once for a proposal and kept: how stable it is, and the smallest changes of each award."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns, and let the background compute them for the proposals that are there."""
    json = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
    op.add_column("proposal", sa.Column("stability", json, nullable=True))
    op.add_column("award", sa.Column("changes", json, nullable=True))
    for kind in ("decisions.changes", "decisions.stability"):
        op.execute(
            sa.text(
                "INSERT INTO job (kind, argument, created_at, run_after, attempts, gave_up) "
                "SELECT :kind, id, prepared_at, prepared_at, 0, :no FROM proposal"
            ).bindparams(kind=kind, no=False)
        )
