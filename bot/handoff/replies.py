"""Replies to the shopper around a handoff, and the payloads of their choices.

Texts only: the module reads the facts of the policy and changes nothing.
"""

from datetime import datetime

from bot.conversations.model import Reply
from bot.handoff.model import EMBEDDED, Handoff, State
from bot.policy.facts import facts
from bot.policy.hours import STORE_ZONE, clock

LEAVE, STOP, SEND, DROP, END = (
    "/leave_message",
    "/stop_waiting",
    "/send_message",
    "/drop_message",
    "/end_chat",
)
PAYLOADS = frozenset({LEAVE, STOP, SEND, DROP, END})
SUPPORT = "Support"  # stands for the name of an agent whose name is unknown
_DROP = ("Never mind", DROP)
_LEAVE = ("Leave a message", LEAVE)


def waiting(handoff: Handoff, place: int) -> Reply:
    """Say that an agent is asked, and give the place in the queue of our own desk."""
    before = "You are next. " if place == 1 else f"You are number {place} in the queue. "
    return _handoff(
        f"I am passing you to a colleague. {_seen(handoff)} "
        f"{before if handoff.desk == EMBEDDED else ''}You can go on writing; "
        "I keep out of it.",
        ("Stop waiting", STOP),
    )


def nobody_there() -> Reply:
    """Say that no agent can join the chat, although support is open."""
    return _handoff(
        f"I cannot reach a colleague in this chat just now. You can call {_phone()}, or leave a "
        "message, which we will answer.",
        _LEAVE,
    )


def closed(now: datetime) -> Reply:
    """Say that support is closed, and give the time when it opens."""
    opens = facts().support_hours.next_opening(now)
    today = opens.date() == now.astimezone(STORE_ZONE).date()
    day = "today" if today else f"on {opens:%A}"
    return _handoff(
        f"Support is closed now, so nobody can join this chat. It opens {day} at {clock(opens)} "
        "Central Time; the phone number "
        f"is {_phone()}. You can leave a message here, which we will answer.",
        _LEAVE,
    )


def nobody_came() -> Reply:
    """Say that no agent came in time."""
    return _handoff(
        "I am sorry: nobody was free in time. You can leave a message, which we will answer, or "
        f"call {_phone()}.",
        _LEAVE,
    )


def unreachable() -> Reply:
    """Say that the help desk cannot be reached."""
    return _handoff(
        "I am sorry: I cannot reach my colleagues in this chat just now. You can leave a message, "
        f"or call {_phone()}.",
        _LEAVE,
    )


def passed_on(handoff: Handoff, state: State) -> Reply:
    """Say that no agent answers in the chat, and that the request is passed on as a message.

    ``state`` is the reason: TIMED_OUT for too long a wait, else the help desk cannot be reached.
    """
    why = (
        "nobody was free in time"
        if state is State.TIMED_OUT
        else "I cannot reach my colleagues in this chat just now"
    )
    return _handoff(
        f"I am sorry: {why}. I am passing your request on to our support team as a message "
        "instead. Its reference is "
        f"{handoff.reference}. {_seen(handoff)} So that they can answer, tell me how to reach you; "
        f"or call {_phone()}.",
        ("Tell how to reach me", LEAVE),
    )


def undelivered(reference: str) -> Reply:
    """Say that a message could not be delivered to any desk."""
    return Reply(
        f"I am sorry: I could not deliver your message {reference} to our support team. Please "
        f"call {_phone()}; we have kept "
        "it, and they can find it by its reference."
    )


def nobody_wrote() -> Reply:
    """Say that a chat with an agent was ended because nobody wrote in it."""
    return Reply(
        "Nobody has written here for a while, so the chat with our support team is ended. I am the "
        "assistant again."
    )


def contact_expired() -> Reply:
    """Say that the typed address or number is not kept any more, and ask for it again."""
    return _form(
        "I have let go of the address or number you gave me, because it was a while ago. Please "
        "give it to me again.",
        _DROP,
    )


def unavailable() -> Reply:
    """Say that no agent knows of the request, because it could not be stored."""
    return _handoff(
        f"I could not pass this on just now, so nobody knows of it. Please call {_phone()}, or try "
        "again in a minute."
    )


def waits_again() -> Reply:
    """Say that the agent left, and that the shopper is in the queue again."""
    text = (
        "The colleague who was here had to leave. You are in the queue again; others can take over."
    )
    return Reply(text, choices=(("Stop waiting", STOP),))


def over() -> Reply:
    """Say that the wait or the chat is over already."""
    return Reply(
        "That is over already: I am the assistant again. What would you like to know about your "
        "privacy?"
    )


def stopped() -> Reply:
    """Say that the shopper has left the queue."""
    return Reply(
        "All right, I have taken you out of the queue. What would you like to know about your "
        "privacy?"
    )


def ask_note() -> Reply:
    """Ask for the text of the message."""
    return _form("What would you like to tell our support team? Write it in one message.", _DROP)


def ask_contact() -> Reply:
    """Ask for the address or number for the answer."""
    return _form(
        "How can we reach you? An e-mail address or a phone number is enough, and is used for the "
        "answer only.",
        _DROP,
    )


def ask_contact_again() -> Reply:
    """Ask again for the address or number, with examples."""
    return _form(
        "I do not see an e-mail address or phone number in that. For example: jo@example.com, or "
        "612-555-0199.",
        _DROP,
    )


def confirm(draft: Handoff) -> Reply:
    """Show the message before it is passed on, and ask for a yes."""
    return _form(
        f"I will pass this on to our support team:\n“{draft.note}”\nReach you at: "
        f"{draft.contact}\n{_seen(draft)} Shall I "
        "send it?",
        ("Send it", SEND),
        _DROP,
    )


def sent(handoff: Handoff) -> Reply:
    """Say that support has or gets the message, and give its reference."""
    return Reply(
        f"{_with_support(handoff)} Its reference is {handoff.reference}. They will answer to what "
        "you gave me; support is open "
        f"{facts().by_name['support_hours'].text}.",
        topic="human",
        outcome="done",
    )


def dropped() -> Reply:
    """Say that nothing was passed on."""
    return Reply("All right, I have passed nothing on. Is there something else about your privacy?")


def joined(name: str) -> Reply:
    """Say that an agent has joined."""
    return Reply(
        f"{name} has joined. The assistant keeps out of it now.", choices=(("End the chat", END),)
    )


def left(name: str) -> Reply:
    """Say that the agent has ended the chat."""
    return Reply(f"{name} has ended the chat. The assistant answers again.")


def ended() -> Reply:
    """Say that the shopper has ended the chat."""
    return Reply(
        "You have ended the chat with our support team. I am the assistant again: what would you "
        "like to know?"
    )


def _with_support(handoff: Handoff) -> str:
    if handoff.desk == EMBEDDED or handoff.opened_at is not None:
        return "Your message is with our support team."
    return "I have your message, and am passing it on to our support team."


def _seen(handoff: Handoff) -> str:
    about = f" And that you asked about: {', '.join(handoff.titles)}." if handoff.titles else ""
    return f"They will see this conversation, without the personal data you typed.{about}"


def _phone() -> str:
    return facts().by_name["support_phone"].text


def _handoff(text: str, *choices: tuple[str, str]) -> Reply:
    return Reply(text, topic="human", outcome="handoff", choices=choices)


def _form(text: str, *choices: tuple[str, str]) -> Reply:
    return Reply(text, topic="human", outcome="form", choices=choices)
