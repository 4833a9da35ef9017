"""Global Privacy Control: records the opt-out that a browser asks for by its signal."""

from bot.application.errors import ConversationOver
from bot.application.services import Services
from bot.conversations.model import Reply
from bot.conversations.store import UnknownConversation
from bot.optouts.model import Action, Channel, NotRecorded, Request, Subject
from bot.optouts.reach import BROWSER, IN_THE_BROWSER, reach_sentence, recorded
from bot.optouts.wording import Wording

# Names of the messages. No digest of a client's own id of a message looks like them.
_DONE = "gpc"
_FAILED = "gpc failed"


async def honour_signal(services: Services, conversation: str) -> bool:
    """Record the signal of a conversation's browser, once; return whether there is news of it.

    It must be shown that the signal was processed (11 CCR 7025(c)(6)). If it cannot be recorded,
    the conversation says so once, and the next signal is recorded. Raises ConversationOver.
    """
    try:
        if services.store.received(conversation, _DONE):
            return False
        name, reply = await _record(services, conversation)
        services.store.tell_once(conversation, name, reply)
    except UnknownConversation:
        raise ConversationOver from None
    return True


async def _record(services: Services, conversation: str) -> tuple[str, Reply]:
    wording = Wording(Action.OPT_OUT)
    kinds = wording.describe(IN_THE_BROWSER)  # not e-mail
    subject = Subject("browser", conversation)
    try:
        receipt = await services.optouts.record(
            Request(Action.OPT_OUT, IN_THE_BROWSER, subject, Channel.GPC, kinds, conversation)
        )
    except NotRecorded:
        text = (
            "Your browser sends the Global Privacy Control signal. I could not record it just now; "
            "please ask me to opt you out of ads and sharing."
        )
        return _FAILED, Reply(text, topic="opt_out", outcome="clarify")
    text = (
        "Opt-out request honored: your browser sends the Global Privacy Control signal, and I have "
        f"recorded for it: {kinds}. Your reference is {receipt.reference}. "
        f"{reach_sentence(receipt.action, receipt.kinds, BROWSER)} {wording.due_sentence(receipt)}"
    )
    noted = recorded(receipt.reference, receipt.action, receipt.kinds, BROWSER)
    return _DONE, Reply(text, topic="opt_out", outcome="done", recorded=noted)
