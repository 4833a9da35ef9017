"""Vault: the encrypted values behind placeholders, kept while their conversation needs them."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.database import metadata, transaction
from bot.keys import Keyring, UnreadableSecret
from bot.privacy.emails import BadAddress, normalise
from bot.privacy.finding import Finding
from bot.privacy.kinds import NEVER_TYPE
from bot.privacy.masking import PLACEHOLDER, mask
from bot.privacy.recognition import find

vault = sa.Table(
    "vault",
    metadata,
    sa.Column("conversation", sa.String(32), primary_key=True),
    sa.Column("placeholder", sa.String(40), primary_key=True),
    # the digest, by which a value is found without decrypting it; NULL after expiry
    sa.Column("digest", sa.String(64), index=True),
    # the encrypted value; NULL after expiry, and for types that are never stored
    sa.Column("secret", sa.Text),
    sa.Column("used_at", sa.DateTime(timezone=True), nullable=False, index=True),
)

# Made once, because every turn executes it.
_KEEPS = (
    sa.select(vault.c.placeholder)
    .where(vault.c.conversation == sa.bindparam("of"), vault.c.secret.is_not(None))
    .limit(1)
)


class Vault:
    """Store of values by conversation and placeholder; every method is one transaction.

    A value is readable until its conversation has been idle for ``idle``. Its placeholder stays as
    long as the conversation, so that no number is used twice.
    """

    def __init__(self, engine: Engine, keyring: Keyring, idle: timedelta) -> None:
        self._engine = engine
        self._keyring = keyring
        self._idle = idle

    def keep(self, conversation: str, findings: Sequence[Finding]) -> list[str]:
        """Store findings and return a placeholder for each; equal values get the same one."""
        if not findings:
            return []
        with transaction(self._engine) as db:
            rows = db.execute(sa.select(vault).where(vault.c.conversation == conversation)).all()
            by_digest = {row.digest: row.placeholder for row in rows if row.digest}
            taken = {row.placeholder for row in rows}
            placeholders = []
            for finding in findings:
                kept = finding.type not in NEVER_TYPE
                digest = (
                    self._keyring.digest(_normal(finding.type, finding.value)) if kept else None
                )
                placeholder = by_digest.get(digest) if digest else None
                if placeholder is None:
                    placeholder = _next(finding.type, taken)
                    taken.add(placeholder)
                    secret = self._keyring.encrypt(finding.value) if kept else None
                    db.execute(
                        vault.insert().values(
                            conversation=conversation,
                            placeholder=placeholder,
                            digest=digest,
                            secret=secret,
                            used_at=datetime.now(UTC),
                        )
                    )
                    if digest:
                        by_digest[digest] = placeholder
                placeholders.append(placeholder)
            return placeholders

    def touch(self, conversation: str) -> None:
        """Note that a conversation is active, which restarts the idle time of its values."""
        with transaction(self._engine) as db:
            # Most conversations have no values; then nothing is written.
            if db.execute(_KEEPS, {"of": conversation}).first():
                kept = sa.and_(vault.c.conversation == conversation, vault.c.secret.is_not(None))
                self._drop_expired(db, kept)
                db.execute(vault.update().where(kept).values(used_at=datetime.now(UTC)))

    def value(self, conversation: str, placeholder: str) -> str | None:
        """Return the value of a placeholder.

        None if it was never stored, has expired, or belongs to another conversation.
        """
        return self._values(conversation, [placeholder]).get(placeholder)

    def reveal(self, conversation: str, text: str) -> str:
        """Return a text with values in place of placeholders; only the shopper may see it."""
        return self.reveal_all(conversation, [text])[0]

    def reveal_all(self, conversation: str, texts: Sequence[str]) -> list[str]:
        """Return several texts with values in place of placeholders, with one query."""
        named = {match.group() for text in texts for match in PLACEHOLDER.finditer(text)}
        if not named:
            return list(texts)
        values = self._values(conversation, named)
        return [
            PLACEHOLDER.sub(lambda match: values.get(match.group(), match.group()), text)
            for text in texts
        ]

    def placeholders_of(self, conversation: str, kind: str, value: str) -> list[str]:
        """Return the placeholders of a value in a conversation."""
        with transaction(self._engine) as db:
            has_digest = vault.c.digest.in_(self._keyring.digests(_normal(kind, value)))
            rows = db.execute(
                sa.select(vault.c.placeholder).where(
                    vault.c.conversation == conversation, has_digest
                )
            )
            return [row.placeholder for row in rows]

    def conversations_with(self, kind: str, value: str) -> list[str]:
        """Return the conversations that hold a value that has not expired."""
        digests = self._keyring.digests(_normal(kind, value))
        with transaction(self._engine) as db:
            found = db.execute(
                sa.select(vault.c.conversation).where(vault.c.digest.in_(digests)).distinct()
            )
            return [row.conversation for row in found]

    def forget(self, conversation: str) -> None:
        """Delete the values and placeholders of a conversation."""
        with transaction(self._engine) as db:
            db.execute(vault.delete().where(vault.c.conversation == conversation))

    def expire(self) -> int:
        """Delete the values of conversations that were idle for too long; return their number."""
        with transaction(self._engine) as db:
            return self._drop_expired(db, sa.true())

    def _drop_expired(self, db: Connection, of: sa.sql.ColumnElement) -> int:
        idle = vault.c.used_at < datetime.now(UTC) - self._idle
        expired = (
            vault.update()
            .where(of, idle, vault.c.secret.is_not(None))
            .values(secret=None, digest=None)
        )
        return int(db.execute(expired).rowcount)

    def _values(self, conversation: str, placeholders: Iterable[str]) -> dict[str, str]:
        wanted = sa.select(vault).where(
            vault.c.conversation == conversation,
            vault.c.placeholder.in_(list(placeholders)),
            vault.c.secret.is_not(None),
            vault.c.used_at >= datetime.now(UTC) - self._idle,
        )
        with transaction(self._engine) as db:
            rows = db.execute(wanted).all()
        values = {}
        for row in rows:
            try:
                values[row.placeholder] = self._keyring.decrypt(row.secret)
            except UnreadableSecret:  # its key was dropped: treat the value as expired
                continue
        return values


def _normal(kind: str, value: str) -> str:
    """Return a value in its normal form, so that different spellings have the same digest.

    Case, spaces and the punctuation of phone numbers are removed. What was found as an e-mail
    address and is none has only itself.
    """
    folded = " ".join(value.casefold().split())
    if kind == "phone":
        folded = re.sub(r"\D", "", folded) or folded
    elif kind == "email":
        with suppress(BadAddress):
            folded = normalise(value)
    return f"{kind}:{folded}"


def _next(kind: str, taken: set[str]) -> str:
    numbers = [
        int(match[2]) for match in map(PLACEHOLDER.fullmatch, taken) if match and match[1] == kind
    ]
    return f"[{kind}-{max(numbers, default=0) + 1}]"


def masked(vault: Vault, conversation: str, text: str) -> str:
    """Return a text with its personal data masked; what was found goes to the vault."""
    findings = find(text)
    return mask(text, findings, vault.keep(conversation, findings)) if findings else text
