"""Alembic on the engine of the app."""

from alembic import context
from flask import current_app

extension = current_app.extensions["migrate"].db


def run() -> None:
    """Upgrade in one transaction; on SQLite tables are rebuilt in batches."""
    with extension.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=extension.metadata,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
