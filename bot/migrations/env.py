"""Entry point of Alembic: runs the missing steps on the connection of ``bot.database.migrate``."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
