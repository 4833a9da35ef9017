"""Replies to the shopper who leaves a message for support, from the question to the reference.

Texts only: the module reads the facts of the policy and changes nothing.
"""

from dataclasses import replace

from bot.conversations.model import Reply
from bot.handoff.model import EMBEDDED, Handoff
from bot.handoff.replies import DROP, GO_ON, SEND, seen
from bot.policy.facts import facts
from bot.privacy.asked import Asked

_DROP = ("Never mind", DROP)
_SEND = ("Send it", SEND)
_WAITING = (("Go on with the message", GO_ON), ("Drop it", DROP))


def ask(draft: Handoff) -> Reply:
    """Ask for what the message needs next: its text, a way to be reached, or a yes."""
    if not draft.note:
        return _form(
            "What would you like to tell our support team? Write it in one message.", _DROP
        )
    return confirm(draft) if draft.contact else _ask_contact(_HOW_TO_REACH)


def explain(draft: Handoff) -> Reply:
    """Say in other words what the message needs next."""
    if not draft.note:
        return _form(
            "Write in your own words what it is about, for example: my order arrived broken. I "
            "show you the message before I pass it on.",
            _DROP,
        )
    if draft.contact:
        return _form(
            "Your message is not sent yet. I pass it on if you say yes, and nothing of it if you "
            "say no.",
            _SEND,
            _DROP,
        )
    return _ask_contact(
        "Our support team needs a way to answer you: an e-mail address, or a phone number with its "
        "area code. The number of an order or a parcel is not enough."
    )


def go_on(draft: Handoff) -> Reply:
    """Come back to the message after an answer of the assistant, in half a sentence."""
    rest = (
        "what would you like to tell them?"
        if not draft.note
        else "shall I send it?"
        if draft.contact
        else "how can we reach you?"
    )
    choices = (_SEND, _DROP) if draft.note and draft.contact else (_DROP,)
    reply = _form(f"And your message to our support team: {rest}", *choices)
    return replace(reply, asks=Asked.CONTACT) if draft.note and not draft.contact else reply


def ask_contact_again() -> Reply:
    """Ask again for the address or number, with examples."""
    return _ask_contact(
        "I do not see an e-mail address or phone number of yours in that. For example: "
        "jo@example.com, or 612-555-0199."
    )


def added() -> Reply:
    """Say that more was added to the text, and ask for the address or number."""
    return _ask_contact(f"I have added that to your message. {_HOW_TO_REACH}")


def confirm(draft: Handoff) -> Reply:
    """Show the message before it is passed on, and ask for a yes."""
    return _form(
        f"I will pass this on to our support team:\n“{draft.note}”\nReach you at: "
        f"{draft.contact}\n{seen(draft)} Shall I send it?",
        _SEND,
        _DROP,
    )


def waits() -> Reply:
    """Say that the message waits from now on."""
    return _form(
        "Your message to our support team waits, and is not sent. To finish it, say “go on with "
        "the message”.",
        *_WAITING,
    )


def makes_room() -> Reply:
    """Say that the message waits while the assistant asks for something else."""
    return _form(
        "One thing at a time: your message to our support team waits meanwhile, and is not sent.",
        *_WAITING,
    )


def still_waits() -> Reply:
    """Remind of the message that waits."""
    return _form("Your message to our support team still waits, and is not sent.", *_WAITING)


def kept() -> Reply:
    """Say that the message waits while the shopper waits for an agent."""
    return Reply("I keep your message meanwhile; it is not sent.", topic="human", outcome="form")


def contact_expired() -> Reply:
    """Say that the typed address or number is not kept any more, and ask for it again."""
    return _ask_contact(
        "I have let go of the address or number you gave me, because it was a while ago. Please "
        "give it to me again."
    )


def sent(handoff: Handoff) -> Reply:
    """Say that support has or gets the message, and give its reference."""
    hours = facts().text("support_hours")
    return Reply(
        f"{_with_support(handoff)} Its reference is {handoff.reference}. They will answer to what "
        f"you gave me{f'; support is open {hours}' if hours else ''}.",
        topic="human",
        outcome="done",
    )


def dropped() -> Reply:
    """Say that the message is dropped."""
    return Reply(
        "All right, I have dropped your message and passed nothing on. Is there something else "
        "about your privacy?"
    )


def no_message() -> Reply:
    """Say that there is no message to go on with."""
    return Reply("There is no message to our support team here, and I have passed nothing on.")


def nobody_reads() -> Reply:
    """Say that no agent would read a message, and give other ways."""
    team = facts().by_name["support_team"]
    return Reply(
        f"I cannot take a message here, because nobody would read it. Please ask {team.text}.",
        topic="human",
        outcome="handoff",
        clauses=team.clauses,
    )


_HOW_TO_REACH = (
    "How can we reach you? An e-mail address or a phone number is enough, and is used for the "
    "answer only."
)


def _with_support(handoff: Handoff) -> str:
    if handoff.desk == EMBEDDED or handoff.opened_at is not None:
        return "Your message is with our support team."
    return "I have your message, and am passing it on to our support team."


def _ask_contact(text: str) -> Reply:
    return replace(_form(text, _DROP), asks=Asked.CONTACT)


def _form(text: str, *choices: tuple[str, str]) -> Reply:
    return Reply(text, topic="human", outcome="form", choices=choices)
