"""Errors of the database as one line that names the cause and the remedy, and quotes no data."""

import sqlite3

_NOT_WRITABLE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_LOCK_NOT_AVAILABLE = "55P03"  # of PostgreSQL


def in_words(error: Exception) -> str:
    """Return what an error of SQLAlchemy means for the operator."""
    code, state = _codes(error)
    if code in _NOT_WRITABLE:
        return (
            "The file of the database cannot be opened for writing. Give the user of the bot the "
            "right to write to PRIVACY_BOT_DATA_DIR, or set another folder."
        )
    if code in _FULL or state == "53100":
        return "The disk of the database is full, or broken. Make room on it."
    if code in _DAMAGED:
        return "The file of the database is damaged. Restore a backup (docs/operating.md)."
    if state == "25006":
        return "The database is read-only. Let DATABASE_URL name the primary server."
    kind = type(getattr(error, "orig", None) or error).__name__
    return f"The database cannot be used ({kind}). Look at DATABASE_URL, and whether it runs."


def is_busy(error: Exception) -> bool:
    """Return whether others only write to the database just now, so that it is in order."""
    code, state = _codes(error)
    return code in _BUSY or state == _LOCK_NOT_AVAILABLE


def _codes(error: Exception) -> tuple[int, str]:
    """Return the primary code of an error of SQLite, and the state of one of PostgreSQL."""
    original = getattr(error, "orig", None)
    code = getattr(original, "sqlite_errorcode", -1) & 0xFF
    return code, getattr(original, "pgcode", None) or ""
