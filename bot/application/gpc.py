"""Global Privacy Control: records the opt-out that a browser asks for by its signal."""

from bot.application.services import Services
from bot.conversations.model import Reply
from bot.optouts.model import Action, Channel, NotRecorded, OptOutKind, Request, Subject
from bot.optouts.wording import Wording

_KINDS = frozenset({OptOutKind.TARGETED_ADVERTISING, OptOutKind.SHARING})  # not e-mail


async def honour_signal(services: Services, conversation: str) -> Reply:
    """Record the signal of a conversation's browser, and return the reply that shows it.

    It must be shown that the signal was processed (11 CCR 7025(c)(6)).
    """
    wording = Wording(Action.OPT_OUT)
    subject = Subject("browser", conversation)
    request = Request(Action.OPT_OUT, _KINDS, subject, Channel.GPC, wording.describe(_KINDS))
    try:
        recorded = (await services.optouts.record(request)).record
    except NotRecorded:
        text = (
            "Your browser sends the Global Privacy Control signal. I could not record it just now; "
            "please ask me to opt you out of ads and sharing."
        )
        return Reply(text, topic="opt_out", outcome="clarify")
    text = (
        "Opt-out request honored: your browser sends the Global Privacy Control signal, and I have "
        f"recorded for it: {wording.describe(_KINDS)}. Your reference is {recorded.reference}. "
        f"{wording.due_sentence(recorded)}"
    )
    return Reply(text, topic="opt_out", outcome="done")
