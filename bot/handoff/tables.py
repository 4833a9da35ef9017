"""Tables of handoffs with their notes and mails, of agents, and of chats to close elsewhere."""

import sqlalchemy as sa

from bot.accounts.tables import accounts
from bot.database import metadata
from bot.references import LENGTH

handoffs = sa.Table(
    "handoffs",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("reference", sa.String(LENGTH), nullable=False, unique=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    # a deleted conversation takes its handoffs with it
    sa.Column(
        "conversation",
        sa.ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("reason", sa.String(20), nullable=False),
    sa.Column("topics", sa.Text, nullable=False),  # joined with commas
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("contact", sa.Text),  # encrypted
    # HMAC of the contact, by which the handoffs of a person are found
    sa.Column("digest", sa.String(64), index=True),
    sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("accepted_at", sa.DateTime(timezone=True)),
    sa.Column("replied_at", sa.DateTime(timezone=True)),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    sa.Column("agent", sa.String(32)),
    sa.Column("agent_name", sa.String(60)),
    sa.Column("follow_up", sa.Boolean, nullable=False),
    sa.Column("typing_at", sa.DateTime(timezone=True)),  # time at which the agent last typed
    sa.Column("desk", sa.String(20), nullable=False, server_default="desk"),
    sa.Column("remote", sa.String(100)),
    sa.Column("opened_at", sa.DateTime(timezone=True)),
    sa.Column("said_before", sa.Integer, nullable=False, server_default="0"),
    sa.Column("relayed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    # time of the next look for news that the help desk must get; null: nothing to deliver
    sa.Column("next_at", sa.DateTime(timezone=True), index=True),
    sa.Column("error", sa.String(200), nullable=False, server_default=""),
    sa.Column("added", sa.Boolean, nullable=False, server_default=sa.false()),
    # id of the last message of the conversation that its agent has seen
    sa.Column("read_to", sa.Integer, nullable=False, server_default="0"),
    # times at which the shopper's page last asked for news, typed, and was loaded again
    sa.Column("shopper_at", sa.DateTime(timezone=True)),
    sa.Column("shopper_typing_at", sa.DateTime(timezone=True)),
    sa.Column("shopper_loaded_at", sa.DateTime(timezone=True)),
    sa.Index("ix_handoffs_remote", "desk", "remote"),
)
# What agents tell each other about a handoff; shoppers never see it.
notes = sa.Table(
    "handoff_notes",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column(
        "handoff", sa.ForeignKey("handoffs.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("agent_name", sa.String(60), nullable=False),
    sa.Column("text", sa.Text, nullable=False),  # masked
)
# Mails of agents to shoppers who left a message.
mails = sa.Table(
    "handoff_mails",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column(
        "handoff", sa.ForeignKey("handoffs.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("agent_name", sa.String(60), nullable=False),
    sa.Column("text", sa.Text, nullable=False),  # masked
    sa.Column("secret", sa.Text),  # the whole text, encrypted; null as soon as it is sent
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", sa.DateTime(timezone=True), index=True),  # null: nothing to send
    sa.Column("error", sa.String(200), nullable=False),
)
# Chats of deleted conversations, which are still open at their help desks.
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
    sa.Column(
        "id", sa.String(32), sa.ForeignKey(accounts.c.id, ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),  # of the last request
    # whether the agent takes new chats
    sa.Column("available", sa.Boolean, nullable=False, server_default=sa.true()),
)
# Answers that an agent has written for later use.
canned = sa.Table(
    "canned_answers",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column(
        "account", sa.ForeignKey(accounts.c.id, ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("title", sa.String(80), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
