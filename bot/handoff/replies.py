"""Replies to the shopper who waits for an agent or talks to one, and the payloads of all choices.

Texts only: the module reads the facts of the policy and changes nothing. The texts around a message
that is left are in ``draft_replies``.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from bot.conversations.model import Reply
from bot.handoff.model import EMBEDDED, Handoff, State
from bot.policy.facts import facts
from bot.policy.hours import WeeklyHours, clock

LEAVE, STOP, SEND, DROP, GO_ON, END = (
    "/leave_message",
    "/stop_waiting",
    "/send_message",
    "/drop_message",
    "/go_on_with_message",
    "/end_chat",
)
PAYLOADS = frozenset({LEAVE, STOP, SEND, DROP, GO_ON, END})
SUPPORT = "Support"  # stands for the name of an agent whose name is unknown
_LEAVE = ("Leave a message", LEAVE)
_STOP = ("Stop waiting", STOP)
_END = ("End the chat", END)
_PERSON = ("Talk to a person", "/human")


def waiting(handoff: Handoff, place: int) -> Reply:
    """Say that an agent is asked, and give the place in the queue of our own desk."""
    return _handoff(
        f"I am passing you to a colleague. {seen(handoff)}{_place(handoff, place)} You can go on "
        "writing; I keep out of it.",
        _STOP,
    )


def passed_to_agent(handoff: Handoff, place: int, often: int) -> Reply:
    """Say that the agent will see what the shopper writes while waiting, the ``often``-th time."""
    noted = (
        "I passed that on: the colleague who comes will see it.",
        "That is with the rest for my colleague.",
    )
    return _handoff(f"{noted[often % 2]}{_place(handoff, place)}", _STOP)


def agent_will_answer(handoff: Handoff, place: int) -> Reply:
    """Say that the agent, not the bot, will see and answer a question."""
    return _handoff(
        "I keep out of it while you wait: the colleague who comes will see your question."
        f"{_place(handoff, place)} To ask me instead, stop waiting.",
        _STOP,
    )


def stop_waiting_first() -> Reply:
    """Say that a choice has no effect while the shopper waits for an agent."""
    return _handoff("I keep out of it while you wait for a colleague: stop waiting first.", _STOP)


def end_chat_first() -> Reply:
    """Say that a choice has no effect while an agent has the chat."""
    return _handoff("I keep out of it while a colleague is here: end the chat first.", _END)


def offer_person() -> Reply:
    """Offer a person to a shopper who did not understand, without calling one."""
    return Reply(
        "I am sorry that I was not clear. Ask me in other words, one thing at a time: for example, "
        "who gets my address? A person can help you, too.",
        outcome="clarify",
        choices=(_PERSON,),
    )


def nobody_there() -> Reply:
    """Say that no agent can join the chat, although support is open."""
    return _handoff(
        "I cannot reach a colleague in this chat just now. You can leave a message, which we will "
        f"answer{or_reach()}.",
        _LEAVE,
    )


def closed(now: datetime, hours: WeeklyHours) -> Reply:
    """Say that support is closed, and give the time when it opens."""
    opens = hours.next_opening(now)
    today = opens.date() == now.astimezone(hours.zone).date()
    day = "today" if today else f"on {opens:%A}"
    number = facts().text("support_phone")
    phone = f"; the phone number is {number}" if number else ""
    return _handoff(
        f"Support is closed now, so nobody can join this chat. It opens {day} at {clock(opens)} "
        f"{hours.zone_name}{phone}. You can leave a message here, which we will answer.",
        _LEAVE,
    )


def nobody_came() -> Reply:
    """Say that no agent came in time."""
    return _handoff(
        "I am sorry: nobody was free in time. You can leave a message, which we will "
        f"answer{or_reach()}.",
        _LEAVE,
    )


def unreachable() -> Reply:
    """Say that the help desk cannot be reached."""
    return _handoff(
        "I am sorry: I cannot reach my colleagues in this chat just now. You can leave a "
        f"message{or_reach()}.",
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
        f"{handoff.reference}. {seen(handoff)} So that they can answer, tell me how to reach "
        f"you{or_reach('; ')}.",
        ("Tell how to reach me", LEAVE),
    )


def undelivered(reference: str) -> Reply:
    """Say that a message could not be delivered to any desk."""
    please = f" Please {facts().reach}." if facts().reach else ""
    return Reply(
        f"I am sorry: I could not deliver your message {reference} to our support team.{please} "
        "We have kept it, and they can find it by its reference."
    )


def nobody_wrote() -> Reply:
    """Say that a chat with an agent was ended because nobody wrote in it."""
    return Reply(
        "Nobody has written here for a while, so the chat with our support team is ended. I am the "
        "assistant again."
    )


def unavailable() -> Reply:
    """Say that no agent knows of the request, because it could not be stored."""
    return _handoff(
        f"I could not pass this on just now, so nobody knows of it. Please try again in a "
        f"minute{or_reach()}."
    )


def waits_again() -> Reply:
    """Say that the agent is gone, and that the shopper waits for another one, who is there."""
    text = (
        "The connection to my colleague is lost. You are in the queue again: another colleague is "
        "here and can take over."
    )
    return Reply(text, choices=(_STOP,))


def left_alone() -> Reply:
    """Say that no agent is there any more, although one was."""
    return _handoff(
        "I am sorry: the connection to my colleague is lost, and nobody else is here now. You can "
        f"leave a message, which we will answer{or_reach()}.",
        _LEAVE,
    )


def passed_to(name: str, colleague: str | None) -> Reply:
    """Say that an agent has passed the chat on to a colleague, or back to the queue for None."""
    if colleague:
        return Reply(
            f"{name} has passed you on to {colleague}, who can read this chat.", choices=(_END,)
        )
    return Reply(
        f"{name} has put you into the queue again, so that another colleague can take over.",
        choices=(_STOP,),
    )


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
        "privacy?",
        choices=(_LEAVE,),
    )


def joined(name: str) -> Reply:
    """Say that an agent has joined."""
    return Reply(f"{name} has joined. The assistant keeps out of it now.", choices=(_END,))


def left(name: str) -> Reply:
    """Say that the agent has ended the chat."""
    return Reply(f"{name} has ended the chat. The assistant answers again.")


def ended() -> Reply:
    """Say that the shopper has ended the chat."""
    return Reply(
        "You have ended the chat with our support team. I am the assistant again: what would you "
        "like to know?"
    )


def unlike(reply: Reply, said: Collection[str]) -> Reply:
    """Return a reply that does not repeat, word for word, what the bot has just said."""
    return replace(reply, text=f"As I said: {reply.text}") if reply.text in said else reply


def seen(handoff: Handoff) -> str:
    """Return a sentence that says what agents get to see with a handoff."""
    about = f" And that you asked about: {', '.join(handoff.titles)}." if handoff.titles else ""
    return f"They will see this conversation, without the personal data you typed.{about}"


def or_reach(mark: str = ", ") -> str:
    """Return the end of a sentence with another way to reach support: ``, or call 1-800-…``."""
    return f"{mark}or {facts().reach}" if facts().reach else ""


def _place(handoff: Handoff, place: int) -> str:
    """Return the place in the queue of our own desk; other desks do not tell it."""
    if handoff.desk != EMBEDDED:
        return ""
    return " You are next." if place == 1 else f" You are number {place} in the queue."


def _handoff(text: str, *choices: tuple[str, str]) -> Reply:
    return Reply(text, topic="human", outcome="handoff", choices=choices)
