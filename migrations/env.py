"""Alembic on the engine of the app."""

from alembic import context
from flask import current_app

from grants.base.jobs import not_the_queues

extension = current_app.extensions["migrate"].db


def run() -> None:
    """Upgrade in one transaction; on SQLite tables are rebuilt in batches."""
    with extension.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=extension.metadata,
            include_name=not_the_queues,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
