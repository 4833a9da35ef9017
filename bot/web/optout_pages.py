"""The pages around opt-outs; they work without JavaScript."""

import html
from collections.abc import Collection, Mapping

from actions.dialogue.wording import Wording
from actions.ledger.model import Action, Record
from bot.policy.facts import facts
from bot.web.site import page


def form(email: str = "", chosen: Collection[str] = (), problems: dict[str, str] | None = None) -> str:
    """Return the form, with what was filled in and what is wrong with it, by field."""
    problems = problems or {}
    boxes = "".join(
        f'<p><label><input type="checkbox" name="kind" value="{kind}"{" checked" if kind in chosen else ""}> '
        f"{html.escape(title)}</label></p>"
        for kind, title in Wording(Action.OPT_OUT).choices()
    )
    wrong = "".join(f'<li><a href="#{name}">{html.escape(problem)}</a></li>' for name, problem in problems.items())
    summary = f'<div role="alert"><p>Nothing was recorded yet:</p><ul>{wrong}</ul></div>' if wrong else ""
    value = html.escape(email[:254])
    return page(
        "Opt out",
        f"{summary}<p>We need nothing but your e-mail address and what to stop. No account, no name, no code.</p>"
        '<form method="post" action="/opt-out" novalidate>'
        f'<fieldset id="kind" tabindex="-1"{_marked("kind", problems)}><legend>What should we stop?</legend>'
        f"{_hint('kind', problems)}{boxes}</fieldset>"
        '<p><label for="email">Your e-mail address</label><br><input id="email" name="email" type="email" autocomplete="email" '
        f'maxlength="254" value="{value}"{_marked("email", problems)}></p>{_hint("email", problems)}'
        "<p><button>Opt me out</button></p></form>",
        title="Error: Opt out" if problems else None,
    )


def _marked(field: str, problems: Mapping[str, str]) -> str:
    """Return the attributes of a field that has a problem."""
    return f' class="wrong" aria-invalid="true" aria-describedby="{field}-problem"' if field in problems else ""


def _hint(field: str, problems: Mapping[str, str]) -> str:
    """Return what is wrong with a field, beside it."""
    return f'<p class="problem" id="{field}-problem">{html.escape(problems[field])}</p>' if field in problems else ""


def recorded(record: Record) -> str:
    """Return what is shown when a request is recorded."""
    wording = Wording(record.action)
    return page(
        "Your request is recorded",
        f'<div class="result">{_what(record)}<p>Your reference is <strong class="reference">{record.reference}</strong></p>'
        f"<p>{wording.by(record)}</p></div><p>{wording.still(record.kinds)}</p>"
        f'<p><a href="/optouts/{record.reference}">See its status at any time</a></p>',
    )


def status(record: Record) -> str:
    """Return what became of a request, and never whose it is."""
    return page(
        f"Your request {record.reference}",
        f'<div class="result">{_what(record)}<p>{html.escape(Wording(record.action).state(record))}</p></div>'
        '<p><a href="/opt-out">Opt out of something else</a></p>',
    )


def _what(record: Record) -> str:
    asked = Wording(record.action).of(record.kinds).split("; ")
    return f"<ul>{''.join(f'<li>{html.escape(what[0].upper() + what[1:])}</li>' for what in asked)}</ul>"


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
