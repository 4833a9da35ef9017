"""Tables of the opt-out ledger, its audit log, the suppression list, and the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables, and the one row that holds the head of the audit log."""
    op.create_table(
        "optouts",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("reference", sa.String(10), nullable=False, unique=True),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("kinds", sa.String(100), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("subject_type", sa.String(10), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, index=True),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("policy_version", sa.String(64), nullable=False),
        sa.Column("wording", sa.Text, nullable=False),
        sa.Column("status", sa.String(20), nullable=False, index=True),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "optout_suppressions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(30), primary_key=True),
        sa.Column("subject_type", sa.String(10), nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "optout_history",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("optout", sa.String(32), nullable=False, index=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(20), nullable=False),
        sa.Column("content", sa.Text),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
    )
    end = op.create_table(
        "optout_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
    )
    op.bulk_insert(end, [{"id": 1, "seq": 0, "mac": "0" * 64, "seal": ""}])
    op.create_table(
        "optout_outbox",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("optout", sa.String(32), nullable=False, index=True),
        sa.Column("event", sa.String(20), nullable=False),
        sa.Column("receiver", sa.String(20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), index=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True)),
        sa.Column("given_up_at", sa.DateTime(timezone=True)),
        sa.Column("error", sa.String(200), nullable=False),
    )
