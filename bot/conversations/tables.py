"""Tables of conversations: the conversations themselves, their messages and the choices."""

import sqlalchemy as sa

from bot.database import metadata

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column(
        "active_at",
        sa.DateTime(timezone=True),
        nullable=False,
        server_default="1970-01-01 00:00:00",
        index=True,
    ),
)
messages = sa.Table(
    "messages",
    metadata,
    sa.Column(
        "conversation", sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sender", sa.String(10), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("topic", sa.String(30)),
    sa.Column("clauses", sa.Text),  # JSON list of ids
    sa.Column("recorded", sa.Text),  # JSON of what the ledger recorded, if the message says so
    sa.Column("asks", sa.String(10)),  # what it asks for, if that is personal data
    # digest of the client's own id of the message, which finds a message that is sent again
    sa.Column("client_id", sa.String(64)),
    # digest of the sent content: the same client id with other content is an error
    sa.Column("fingerprint", sa.String(64)),
    sa.Column("choice", sa.String(22)),  # id of the choice that the shopper picked
    # JSON, for an answered message of the shopper: topics, outcome, ids of the replies
    sa.Column("turn", sa.Text),
    sa.UniqueConstraint("conversation", "client_id"),
)
choices = sa.Table(
    "choices",
    metadata,
    sa.Column(
        "conversation", sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("id", sa.String(22), primary_key=True),
    sa.Column("message", sa.Integer, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
)
