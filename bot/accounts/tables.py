"""Database tables of the staff: accounts, sessions, and the audit log of what was done."""

from typing import Any

import sqlalchemy as sa

from bot.accounts.model import Role
from bot.database import metadata

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("name", sa.String(60), nullable=False, unique=True),
    sa.Column("roles", sa.String(40), nullable=False),  # joined with commas
    # HMAC of the token; NULL: signs in at the provider only.
    sa.Column("token", sa.String(64), unique=True),
    # HMAC of issuer and subject of the provider; NULL: signs in with the token only.
    sa.Column("identity", sa.String(64), unique=True),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)
sessions = sa.Table(
    "account_sessions",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),  # SHA-256 of the cookie's value
    sa.Column(
        "account",
        sa.String(32),
        sa.ForeignKey("accounts.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("used_at", sa.DateTime(timezone=True), nullable=False, index=True),
)
# The lines of the audit log.
history = sa.Table(
    "account_history",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("account", sa.String(32), nullable=False, index=True),  # empty: nobody known
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("event", sa.String(20), nullable=False),
    sa.Column("content", sa.Text),  # JSON; NULL when the line is too old
    sa.Column("content_sha256", sa.String(64), nullable=False),
    sa.Column("mac", sa.String(64), nullable=False),
)
# One row: the end of the audit log.
head = sa.Table(
    "account_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("mac", sa.String(64), nullable=False),
    sa.Column("seal", sa.String(64), nullable=False),
)


def has_role(role: Role) -> Any:
    """Return the SQL condition that an account has a role."""
    return ("," + accounts.c.roles + ",").contains(f",{role},", autoescape=True)
