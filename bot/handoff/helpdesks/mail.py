"""E-mail: a case is a mail to support, and an answer to that mail goes to the shopper."""

from collections.abc import Callable

from bot.handoff.case import Case
from bot.handoff.helpdesks import SECONDS
from bot.outgoing import Mailer, message_id


class MailDesk:
    """Mailbox of support; ``url`` is that of ``bot.outgoing.Mailer``."""

    def __init__(self, url: str) -> None:
        self._mailer = Mailer(url, SECONDS)

    def open(self, case: Case, remote: str | None, keep: Callable[[str], None]) -> str:
        """Send the case as a mail, and return the ``Message-ID`` of the mail."""
        self._mailer.send(case.id, case.subject, case.as_text(), **_answer_to(case))
        return message_id(case.id)

    def add(self, case: Case, remote: str) -> None:
        """Send the addition as an answer to the first mail."""
        threaded = {"In_Reply_To": remote, "References": remote}
        self._mailer.send(
            f"{case.id}-added",
            f"Re: {case.subject}",
            case.added_as_text(),
            **threaded,
            **_answer_to(case),
        )


def _answer_to(case: Case) -> dict[str, str]:
    return {"Reply_To": case.email} if case.email else {}
