"""Copy W25 into an empty PostgreSQL database: the schema from the migrations, every row as it is.

python -m bench.w25.transfer SQLITE_URL          (DATABASE_URL says where to)
"""

from __future__ import annotations

import sys

from flask_migrate import upgrade
from sqlalchemy import create_engine, select, text

from grants.app import create_app
from grants.base.db import db
from grants.config import resource


def main(source: str) -> None:
    """Copy table by table in the order of the foreign keys, then set the counters behind the last row."""
    app = create_app()
    with app.app_context():
        upgrade(directory=str(resource("migrations")))
        with create_engine(source).connect() as old, db.engine.begin() as new:
            for table in db.metadata.sorted_tables:
                rows = [dict(row) for row in old.execute(select(table)).mappings()]
                for first in range(0, len(rows), 500):
                    new.execute(table.insert(), rows[first : first + 500])
                counter = (
                    new.execute(text("select pg_get_serial_sequence(:name, 'id')"), {"name": table.name}).scalar()
                    if "id" in table.c
                    else None
                )
                if counter and rows:
                    new.execute(text("select setval(:counter, :last)"), {"counter": counter, "last": max(row["id"] for row in rows)})
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as tidy:
            tidy.execute(text("analyze"))


if __name__ == "__main__":
    main(sys.argv[1])
