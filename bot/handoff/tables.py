"""The tables of handoffs."""

import sqlalchemy as sa

from bot.database import metadata

handoffs = sa.Table(
    "handoffs",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("reference", sa.String(10), nullable=False, unique=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column(
        "conversation", sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True
    ),  # what is forgotten is forgotten here too
    sa.Column("reason", sa.String(20), nullable=False),
    sa.Column("topics", sa.Text, nullable=False),  # joined with commas
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("contact", sa.Text),  # encrypted
    sa.Column("digest", sa.String(64), index=True),  # HMAC of the contact: finds what is held about a person
    sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("accepted_at", sa.DateTime(timezone=True)),
    sa.Column("replied_at", sa.DateTime(timezone=True)),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    sa.Column("agent", sa.String(32)),
    sa.Column("agent_name", sa.String(60)),
    sa.Column("follow_up", sa.Boolean, nullable=False),
    sa.Column("typing_at", sa.DateTime(timezone=True)),  # when its agent last typed
    sa.Column("desk", sa.String(20), nullable=False, server_default="desk"),
    sa.Column("remote", sa.String(100)),
    sa.Column("opened_at", sa.DateTime(timezone=True)),
    sa.Column("said_before", sa.Integer, nullable=False, server_default="0"),
    sa.Column("relayed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", sa.DateTime(timezone=True), index=True),  # when to look what its desk must be told; null: nothing
    sa.Column("error", sa.String(200), nullable=False, server_default=""),
    sa.Column("added", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("ix_handoffs_remote", "desk", "remote"),
)
closings = sa.Table(
    "handoff_closings",
    metadata,
    sa.Column("desk", sa.String(20), primary_key=True),
    sa.Column("remote", sa.String(100), primary_key=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", sa.DateTime(timezone=True), nullable=False, index=True),
)
agents = sa.Table(
    "agents",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("name", sa.String(60), nullable=False, unique=True),
    sa.Column("token", sa.String(64), nullable=False, unique=True),  # HMAC
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("seen_at", sa.DateTime(timezone=True)),  # when the desk last asked on their behalf
)
