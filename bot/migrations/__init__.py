"""Migrations, one file in ``versions`` per step; ``bot.database.migrate`` runs them."""
