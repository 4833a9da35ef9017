"""The vault: what placeholders stand for, encrypted, for as long as a conversation may still need it."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.database import metadata
from bot.keys import Keyring, UnreadableSecret
from bot.privacy.masking import NEVER_TYPE, PLACEHOLDER
from bot.privacy.recognition import Finding, as_meant

vault = sa.Table(
    "vault",
    metadata,
    sa.Column("conversation", sa.String(32), primary_key=True),
    sa.Column("placeholder", sa.String(40), primary_key=True),
    sa.Column("digest", sa.String(64), index=True),  # finds a value without reading it; none once it has expired
    sa.Column("secret", sa.Text),  # the value, encrypted; none once it has expired, and for what is never kept
    sa.Column("used_at", sa.DateTime(timezone=True), nullable=False, index=True),
)


class Vault:
    """Keeps values by conversation and placeholder; every method is one transaction.

    A value is readable until its conversation was idle for ``idle``. Its placeholder stays as long as the conversation, so
    that a number is never given twice.
    """

    def __init__(self, engine: Engine, keyring: Keyring, idle: timedelta) -> None:
        self._engine = engine
        self._keyring = keyring
        self._idle = idle

    def keep(self, conversation: str, findings: Sequence[Finding]) -> list[str]:
        """Keep what was found and return a placeholder for each; the same value again has the same placeholder."""
        if not findings:
            return []
        with self._engine.begin() as db:
            rows = db.execute(sa.select(vault).where(vault.c.conversation == conversation)).all()
            by_digest = {row.digest: row.placeholder for row in rows if row.digest}
            taken = {row.placeholder for row in rows}
            given = []
            for finding in findings:
                kept = finding.type not in NEVER_TYPE
                digest = self._keyring.mark(_normal(finding.type, finding.value)) if kept else None
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
                given.append(placeholder)
            return given

    def touch(self, conversation: str) -> None:
        """Note that a conversation goes on: its values stay for another while."""
        kept = sa.and_(vault.c.conversation == conversation, vault.c.secret.is_not(None))
        with self._engine.begin() as db:
            if db.execute(sa.select(vault.c.placeholder).where(kept).limit(1)).first():  # most conversations have none
                self._drop_expired(db, kept)
                db.execute(vault.update().where(kept).values(used_at=datetime.now(UTC)))

    def value(self, conversation: str, placeholder: str) -> str | None:
        """Return what a placeholder stands for; None if it was never kept, has expired, or is of another conversation."""
        return self._values(conversation, [placeholder]).get(placeholder)

    def reveal(self, conversation: str, text: str) -> str:
        """Return a text of a conversation with its values in place of their placeholders, for the shopper alone."""
        return self.reveal_all(conversation, [text])[0]

    def reveal_all(self, conversation: str, texts: Sequence[str]) -> list[str]:
        """Return several texts of a conversation with their values, read at once."""
        named = {match.group() for text in texts for match in PLACEHOLDER.finditer(text)}
        if not named:
            return list(texts)
        values = self._values(conversation, named)
        return [PLACEHOLDER.sub(lambda match: values.get(match.group(), match.group()), text) for text in texts]

    def placeholders_of(self, conversation: str, kind: str, value: str) -> list[str]:
        """Return what stands for a value in a conversation."""
        with self._engine.begin() as db:
            marked = vault.c.digest.in_(self._keyring.marks(_normal(kind, value)))
            rows = db.execute(sa.select(vault.c.placeholder).where(vault.c.conversation == conversation, marked))
            return [row.placeholder for row in rows]

    def conversations_with(self, kind: str, value: str) -> list[str]:
        """Return the conversations in which a value was typed and has not expired."""
        marks = self._keyring.marks(_normal(kind, value))
        with self._engine.begin() as db:
            found = db.execute(sa.select(vault.c.conversation).where(vault.c.digest.in_(marks)).distinct())
            return [row.conversation for row in found]

    def forget(self, conversation: str) -> None:
        """Delete all of a conversation."""
        with self._engine.begin() as db:
            db.execute(vault.delete().where(vault.c.conversation == conversation))

    def expire(self) -> int:
        """Delete the values of conversations that have been idle for too long; return how many."""
        with self._engine.begin() as db:
            return self._drop_expired(db, sa.true())

    def _drop_expired(self, db: Connection, of: sa.sql.ColumnElement) -> int:
        idle = vault.c.used_at < datetime.now(UTC) - self._idle
        expired = vault.update().where(of, idle, vault.c.secret.is_not(None)).values(secret=None, digest=None)
        return int(db.execute(expired).rowcount)

    def _values(self, conversation: str, placeholders: Iterable[str]) -> dict[str, str]:
        wanted = sa.select(vault).where(
            vault.c.conversation == conversation,
            vault.c.placeholder.in_(list(placeholders)),
            vault.c.secret.is_not(None),
            vault.c.used_at >= datetime.now(UTC) - self._idle,
        )
        with self._engine.begin() as db:
            rows = db.execute(wanted).all()
        values = {}
        for row in rows:
            try:
                values[row.placeholder] = self._keyring.decrypt(row.secret)
            except UnreadableSecret:  # its key was dropped: as good as expired
                continue
        return values


def _normal(kind: str, value: str) -> str:
    """Return a value without what does not matter to its identity: case, spaces, and how a phone or an e-mail is spelled."""
    folded = " ".join(value.casefold().split())
    if kind == "phone":
        folded = re.sub(r"\D", "", folded) or folded
    elif kind == "email":
        folded = as_meant(folded)
    return f"{kind}:{folded}"


def _next(kind: str, taken: set[str]) -> str:
    numbers = [int(match[2]) for match in map(PLACEHOLDER.fullmatch, taken) if match and match[1] == kind]
    return f"[{kind}-{max(numbers, default=0) + 1}]"
