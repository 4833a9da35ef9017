"""The history of the database's schema, one file of ``versions`` a step; run by ``bot.database.migrate``."""
