"""Database tables of the ledger: requests, receipts, notes, suppressions, audit log, outbox."""

import sqlalchemy as sa

from bot.database import metadata
from bot.references import LENGTH

requests = sa.Table(
    "optouts",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("reference", sa.String(LENGTH), nullable=False, unique=True),
    sa.Column("action", sa.String(10), nullable=False),
    # The opt-out that an opt-in takes back; NULL: every earlier one.
    sa.Column("undoes", sa.String(32), index=True),
    # Joined with commas, in the order of OptOutKind.
    sa.Column("kinds", sa.String(100), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("subject_type", sa.String(10), nullable=False),
    # HMAC of the subject, by which it is found without decrypting it.
    sa.Column("digest", sa.String(64), nullable=False, index=True),
    sa.Column("secret", sa.Text, nullable=False),  # the subject, encrypted
    # For the commitment to the subject in the audit log.
    sa.Column("nonce", sa.String(32), nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("due", sa.Date, nullable=False, index=True),
    sa.Column("policy_version", sa.String(64), nullable=False),
    sa.Column("wording", sa.Text, nullable=False),
    sa.Column("status", sa.String(20), nullable=False, index=True),
    sa.Column("status_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("how", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
# What each asker got for a request: the same request by several askers is one request with several
# receipts. The first one has the reference of the request.
receipts = sa.Table(
    "optout_receipts",
    metadata,
    sa.Column("reference", sa.String(LENGTH), primary_key=True),
    sa.Column("optout", sa.String(32), nullable=False, index=True),
    # SHA-256 of what identifies the asker, who alone may take it back; NULL: nobody may.
    sa.Column("holder", sa.String(64)),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("kinds", sa.String(100), nullable=False),  # without those that were taken back
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("due", sa.Date, nullable=False),
    sa.Column("withdrawn_at", sa.DateTime(timezone=True)),  # when all of it was taken back
)
# What was done for a conversation in a turn whose answer is not stored yet.
unanswered = sa.Table(
    "optout_unanswered",
    metadata,
    sa.Column("holder", sa.String(64), primary_key=True),  # as in the receipts
    sa.Column("reference", sa.String(LENGTH), primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)
# The suppression list. An entry stays when the record of its request is deleted for its age: the
# store must know an address that opted out as long as it sends mail (15 USC 7704(a)(4)).
suppressions = sa.Table(
    "optout_suppressions",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(30), primary_key=True),
    sa.Column("subject_type", sa.String(10), nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    # The opt-in that lifted the entry. A lifted entry stays as long as the record of this opt-in,
    # because denying the opt-in restores the entry.
    sa.Column("lifted_by", sa.String(32), index=True),
    sa.Column("mac", sa.String(64), nullable=False),  # HMAC of all columns but the secret
)
# The lines of the audit log.
history = sa.Table(
    "optout_history",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("optout", sa.String(32), nullable=False, index=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("event", sa.String(20), nullable=False),
    sa.Column("content", sa.Text),  # JSON; NULL when the record was deleted for its age
    sa.Column("content_sha256", sa.String(64), nullable=False),
    sa.Column("mac", sa.String(64), nullable=False),
)
# One row: the end of the audit log. Every transaction that writes to the ledger locks it first.
head = sa.Table(
    "optout_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("mac", sa.String(64), nullable=False),
    sa.Column("seal", sa.String(64), nullable=False),
)
# What the office keeps beside a request: it is no part of the request, and not in the audit log.
casework = sa.Table(
    "optout_casework",
    metadata,
    sa.Column("optout", sa.String(32), primary_key=True),
    sa.Column("owner", sa.String(60), nullable=False, index=True),  # name of an account
)
notes = sa.Table(
    "optout_notes",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("optout", sa.String(32), nullable=False, index=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("author", sa.String(60), nullable=False),
    sa.Column("secret", sa.Text, nullable=False),  # the text, encrypted
)
outbox = sa.Table(
    "optout_outbox",
    metadata,
    # The receiver sees this id; it is the same at every attempt.
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("optout", sa.String(32), nullable=False, index=True),
    sa.Column("event", sa.String(20), nullable=False),
    sa.Column("receiver", sa.String(20), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # NULL when the message was delivered or given up.
    sa.Column("next_at", sa.DateTime(timezone=True), index=True),
    sa.Column("delivered_at", sa.DateTime(timezone=True)),
    sa.Column("given_up_at", sa.DateTime(timezone=True), index=True),
    sa.Column("error", sa.String(200), nullable=False),
)
