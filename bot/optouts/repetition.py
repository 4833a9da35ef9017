"""Repetition: the same request twice is one, whoever asks."""

from collections.abc import Sequence

from sqlalchemy.engine import Connection, Row

from bot.optouts import receipts
from bot.optouts.model import ACTIVE, Action, Request, Status
from bot.optouts.suppressions import kinds_of, remaining_kinds


def needs_confirmation(request: Request) -> bool:
    """Return whether a request counts for nothing until it is confirmed.

    It is an opt-in, which anybody may ask for in the name of somebody else. Only a browser is known
    by its conversation, and nobody else can speak for it.
    """
    itself = request.subject.type == "browser" and request.holder == request.subject.value
    return request.action is Action.OPT_IN and not itself


def find_same(
    db: Connection, rows: Sequence[Row], request: Request
) -> tuple[Row, Row | None] | tuple[None, None]:
    """Return the request that asks for the same already, and the receipt that its holder has.

    ``rows`` are the requests of the subject. It must stand even if every opt-in is confirmed that
    still waits. Another asker gets a receipt of it only if nothing of it was undone: then it is
    deleted for its age before anything that undoes it.
    """
    holder = receipts.holder_hash(request.holder)
    statuses = {Status.UNCONFIRMED} if needs_confirmation(request) else ACTIVE
    same = [
        (row, remaining)
        for row, remaining, _ in remaining_kinds([r for r in rows if r.status != Status.DENIED])
        if row.action == request.action and row.undoes is None and row.status in statuses
        if request.kinds <= remaining
    ]
    for row, _ in reversed(same):
        for receipt in receipts.live_receipts(db, row.id) if holder else ():
            if receipt.holder == holder and request.kinds <= kinds_of(receipt):
                return row, receipt
    whole = [row for row, remaining in same if remaining == kinds_of(row)]
    return (whole[-1], None) if whole else (None, None)
