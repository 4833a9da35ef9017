"""Audit log of the ledger: see ``bot.audit_log``."""

from bot.audit_log import AuditLog
from bot.optouts.tables import head, history

AUDIT_LOG = AuditLog(history, head, about="optout")
