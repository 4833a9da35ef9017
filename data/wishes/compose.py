"""Small grammar of wishes with several kinds: contrast, exception, lists of mixed signs.

People wrote the other training messages (``training/``). The grammar adds what a message turns on
in every combination of kinds, so that the reader learns the construction and not the kinds.
"""

import random
from collections.abc import Iterator
from typing import Any

NOUNS = {
    "marketing_email": (
        *("the emails", "the e-mails", "the newsletter", "your mails", "promo emails"),
        *("the mail offers", "newsletters", "emails", "the email stuff", "coupon mails"),
    ),
    "targeted_advertising": (
        *("the ads", "ad tracking", "the targeted ads", "ads that follow me", "the tracking"),
        *("personalised ads", "retargeting", "ads", "ad cookies", "the banners"),
    ),
    "sharing": (
        *("the data sharing", "selling my data", "the sharing", "sharing my data"),
        *("the data selling", "passing my data on", "the sale of my data", "data sharing"),
    ),
    "phone_mail_marketing": (
        *("the calls", "the texts", "the catalogs", "the letters", "phone calls", "sms", "calls"),
        *("the phone calls", "the post", "texts", "the catalogue", "the flyers", "postcards"),
    ),
}
KINDS = tuple(NOUNS)
STOPS = (
    *("stop {}", "no more {}", "cancel {}", "turn off {}", "take me off {}", "end {}", "quit {}"),
    *("please stop {}", "i dont want {}", "i don't want {} any more", "get rid of {}", "drop {}"),
    *(
        "{} must stop",
        "{} has to go",
        "{} can go",
        "no {} please",
        "{}: no",
        "unsubscribe me from {}",
    ),
    *("opt me out of {}", "kill {}", "enough of {}", "i am sick of {}", "block {}", "bin {}"),
)
KEEPS = (
    *("keep {}", "{} can stay", "{} is fine", "{} are ok", "leave {} on", "i like {}"),
    *("i still want {}", "don't stop {}", "dont touch {}", "{}: yes", "i don't mind {}"),
    *("leave {} alone", "carry on with {}", "{} may stay", "{} is welcome", "never stop {}"),
    *("do not cancel {}", "i need {}", "{} stays", "leave {} as it is", "i want to keep {}"),
)
BACKS = (
    *("put {} back", "i want {} back", "turn {} back on", "start {} again", "resume {}"),
    *("bring back {}", "i would like {} again", "restart {}", "sign me up for {} again"),
    *("cancel my opt-out from {}", "undo my opt-out of {}", "i no longer object to {}"),
)
ABOUT = (
    *("how do i stop {}?", "can i opt out of {}?", "what happens if i stop {}?"),
    *("does opting out stop {}?", "where do i turn off {}", "how does one cancel {}?"),
    *("will i still get {} if i opt out?", "who decides about {}?"),
)
ALL = ("everything", "all of it", "the lot", "all", "the whole lot", "all of them")
EXCEPT = ("except", "but", "but not", "apart from", "other than", "except for", "bar", "minus")
JOINTS = (", ", " but ", ". ", ", and ", " and ", "; ", " - ", " though ")
SITUATIONS = ("none", "none", "none", "asked_kinds", "asked_yes", "asked_email", "recorded")


def compose(count: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Yield so many labelled wishes in the form of the files in ``training/``."""
    rng = random.Random(seed)
    forms = (_contrast, _contrast, _both, _exception, _exception, _refusal, _back, _about, _plain)
    while count > 0:
        text, action, kinds = rng.choice(forms)(rng)
        situation = rng.choice(SITUATIONS)
        # In the middle of a request, a refusal and a question need the draft to be understood.
        if action in ("none", "in"):
            situation = "none"
        named = [kind for kind in KINDS if kind in kinds]
        draft: list[str] = []
        if situation in ("asked_yes", "asked_email", "recorded"):
            draft = rng.sample(KINDS, rng.choice((1, 1, 2)))
            if situation == "recorded" and any(
                kinds[kind] == "keep" and kind in draft for kind in named
            ):
                continue
            if not any(kinds[kind] == "stop" and kind not in draft for kind in named):
                continue
        if rng.random() < 0.3:
            text = text.upper() if rng.random() < 0.2 else text[0].upper() + text[1:]
        if rng.random() < 0.3:
            text += rng.choice((".", "!", " please", " thanks", "!!", " pls"))
        yield {
            "text": text,
            "situation": situation,
            "draft": draft,
            "action": action,
            "kinds": kinds,
            "addresses": {},
            "kind": "composed",
        }
        count -= 1


def _noun(rng: random.Random, kind: str) -> str:
    return rng.choice(NOUNS[kind])


def _said(rng: random.Random, forms: tuple[str, ...], kinds: list[str]) -> str:
    return rng.choice(forms).format(rng.choice((" and ", ", ")).join(_noun(rng, k) for k in kinds))


def _two(rng: random.Random) -> tuple[list[str], list[str]]:
    chosen = rng.sample(KINDS, rng.choice((2, 2, 3)))
    return chosen[:1], chosen[1:]


def _signs(stops: list[str], keeps: list[str]) -> dict[str, str]:
    return {**dict.fromkeys(stops, "stop"), **dict.fromkeys(keeps, "keep")}


def _contrast(rng: random.Random) -> tuple[str, str, dict[str, str]]:
    """ "stop the calls, not the mails", "not the mails but the calls"."""
    stop, keep = rng.sample(KINDS, 2)
    s, k = _noun(rng, stop), _noun(rng, keep)
    verb = rng.choice(("stop ", "i want out of ", "cancel ", "", "only ", "just ", "it's "))
    text = rng.choice(
        (
            f"{verb}{s}, not {k}",
            f"{verb}{s} not {k}",
            f"{verb}{s} but not {k}",
            f"not {k}, {s}",
            f"not {k} but {s}",
            f"stop {s} instead of {k}",
            f"it's not {k} i want stopped, it's {s}",
            f"{s} yes stop, {k} no leave",
        )
    )
    if not verb.strip() or verb in ("only ", "just ", "it's ") or text.startswith("not"):
        text = rng.choice(("stop: ", "please stop: ", "to stop: ")) + text
    return text, "out", _signs([stop], [keep])


def _both(rng: random.Random) -> tuple[str, str, dict[str, str]]:
    """ "keep the mails, stop the calls", in either order."""
    keeps, stops = _two(rng)
    if rng.random() < 0.5:
        keeps, stops = stops, keeps
    parts = [_said(rng, STOPS, stops), _said(rng, KEEPS, keeps)]
    rng.shuffle(parts)
    return rng.choice(JOINTS).join(parts), "out", _signs(stops, keeps)


def _exception(rng: random.Random) -> tuple[str, str, dict[str, str]]:
    """ "stop everything but the newsletter", "nothing except the calls should stop"."""
    kept = rng.sample(KINDS, rng.choice((1, 1, 2)))
    rest = [kind for kind in KINDS if kind not in kept]
    named = " and ".join(_noun(rng, kind) for kind in kept)
    every, but = rng.choice(ALL), rng.choice(EXCEPT)
    if rng.random() < 0.2:
        text = rng.choice(
            (
                f"nothing {but} {named} should stop",
                f"stop nothing {but} {named}",
                f"only {named} should go",
            )
        )
        return text, "out", _signs(kept, rest if "only" not in text else [])
    text = rng.choice(
        (
            f"stop {every} {but} {named}",
            f"{every} {but} {named} can go",
            f"opt me out of {every} {but} {named}",
            f"{every} off {but} {named}",
            f"stop {every}, {named} can stay",
            f"keep {named} and stop the rest",
            f"i want only {named}, nothing else",
        )
    )
    return text, "out", _signs(rest, kept)


def _refusal(rng: random.Random) -> tuple[str, str, dict[str, str]]:
    kinds = rng.sample(KINDS, rng.choice((1, 1, 2)))
    return _said(rng, KEEPS, kinds), "none", _signs([], kinds)


def _back(rng: random.Random) -> tuple[str, str, dict[str, str]]:
    kinds = rng.sample(KINDS, rng.choice((1, 1, 2)))
    return _said(rng, BACKS, kinds), "in", _signs([], kinds)


def _about(rng: random.Random) -> tuple[str, str, dict[str, str]]:
    return _said(rng, ABOUT, [rng.choice(KINDS)]), "none", {}


def _plain(rng: random.Random) -> tuple[str, str, dict[str, str]]:
    kinds = rng.sample(KINDS, rng.choice((1, 1, 2, 3)))
    return _said(rng, STOPS, kinds), "out", _signs(kinds, [])
