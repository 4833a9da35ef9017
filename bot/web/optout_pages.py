"""The pages around opt-outs; they work without JavaScript."""

import html

from actions.dialogue.wording import Wording
from actions.ledger.model import Action, Kind, Record
from bot.policy.facts import facts
from bot.web.site import page


def form(email: str = "", chosen: frozenset[Kind] = frozenset(), problems: dict[str, str] | None = None) -> str:
    """Return the form, with what was filled in and what is wrong with it, by field."""
    problems = problems or {}
    boxes = "".join(
        f'<p><label><input type="checkbox" name="kind" value="{kind}"{" checked" if kind in chosen else ""}> '
        f"{html.escape(title)}</label></p>"
        for kind, title in Wording(Action.OPT_OUT).choices()
    )
    wrong = "".join(f'<li><a href="#{name}">{html.escape(problem)}</a></li>' for name, problem in problems.items())
    summary = f'<div role="alert"><p>Nothing was recorded yet:</p><ul>{wrong}</ul></div>' if wrong else ""
    invalid = ' aria-invalid="true"' if "email" in problems else ""
    return page(
        ("Error: " if problems else "") + "Opt out",
        f"{summary}<p>We need nothing but your e-mail address and what to stop. No account, no name, no code.</p>"
        '<form method="post" action="/opt-out" novalidate>'
        f'<fieldset id="kind"><legend>What shall stop?</legend>{boxes}</fieldset>'
        '<p><label for="email">Your e-mail address</label><br><input id="email" name="email" type="email" autocomplete="email" '
        f'maxlength="254" value="{html.escape(email[:254])}"{invalid}></p><p><button>Record it</button></p></form>',
    )


def recorded(record: Record) -> str:
    """Return what is shown when a request is recorded."""
    wording = Wording(record.action)
    return page(
        "Your request is recorded",
        f"<p>Recorded: {html.escape(wording.of(record.kinds))}.</p>"
        f"<p>Your reference is <strong>{record.reference}</strong>. {wording.by(record)} {wording.still(record.kinds)}</p>"
        f'<p><a href="/optouts/{record.reference}">See its status at any time</a></p>',
    )


def not_recorded() -> str:
    """Return what is shown when the ledger could not take a request."""
    return page(
        "Not recorded",
        "<p>We could not record your request just now. <strong>Nothing has changed.</strong> Please try again in a few "
        f'minutes, or call {facts().by_name["support_phone"].text}.</p><p><a href="/opt-out">Back to the form</a></p>',
    )


def unsubscribe() -> str:
    """Return the page behind the link of a mail's footer: a link scanner that follows it changes nothing."""
    return page(
        "Unsubscribe from marketing e-mail",
        '<p>Press the button, and no more marketing e-mail will come.</p><form method="post">'
        '<input type="hidden" name="List-Unsubscribe" value="One-Click"><button>Unsubscribe</button></form>',
    )
