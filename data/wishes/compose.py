"""Small grammar of wishes: contrast, exception, narrowing, exchange, addresses.

People wrote the other training messages (``training/``). The grammar adds what a message turns on
in every combination of kinds, so that the reader learns the construction and not the kinds. Each
message has the fields of the files in ``training/`` (see README.md).
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

NOUNS = {
    "E": (
        *("the emails", "the e-mails", "the newsletter", "your mails", "promo emails", "emails"),
        *("the mail offers", "newsletters", "the email stuff", "coupon mails", "your emails"),
        *("marketing emails", "the promos in my inbox", "email offers", "the newsletters"),
    ),
    "A": (
        *("the ads", "ad tracking", "the targeted ads", "ads that follow me", "the tracking"),
        *("personalised ads", "retargeting", "ads", "ad cookies", "the banners", "tracking"),
        *("the ads that chase me", "your ads", "the ad stuff", "following me around with ads"),
    ),
    "S": (
        *("the data sharing", "selling my data", "the sharing", "sharing my data", "the selling"),
        *("the data selling", "passing my data on", "the sale of my data", "data sharing"),
        *("giving my info to others", "selling my info", "the sharing with partners"),
    ),
    "P": (
        *("the calls", "the texts", "the catalogs", "the letters", "phone calls", "sms", "calls"),
        *("the phone calls", "the post", "texts", "the catalogue", "the flyers", "postcards"),
        *("the sales calls", "the mailers", "the paper mail", "text messages", "the robocalls"),
        *("the calls and letters", "texts and mailers", "phone and post", "the phone stuff"),
    ),
}
KINDS = "EASP"
# Text, action, signs of kinds, kinds that are out afterwards, and labels of addresses; None if the
# form does not fit the situation.
Made = tuple[str, str, dict[str, str], set[str], dict[str, str]] | None
STOPS = (
    *("stop {}", "no more {}", "cancel {}", "turn off {}", "take me off {}", "end {}", "quit {}"),
    *("please stop {}", "i dont want {}", "i don't want {} any more", "get rid of {}", "drop {}"),
    *("{} must stop", "{} has to go", "{} can go", "no {} please", "{}: no", "kill {}", "{} off"),
    *("opt me out of {}", "enough of {}", "i am sick of {}", "block {}", "bin {}", "switch {} off"),
    *("unsubscribe me from {}", "i want {} gone", "i want out of {}", "get me off {}", "lose {}"),
    *("{} out", "i'm done with {}", "i withdraw my consent to {}", "i object to {}", "ditch {}"),
)
KEEPS = (
    *("keep {}", "{} can stay", "{} is fine", "{} are ok", "leave {} on", "i like {}"),
    *("i still want {}", "don't stop {}", "dont touch {}", "{}: yes", "i don't mind {}"),
    *("leave {} alone", "carry on with {}", "{} may stay", "{} is welcome", "never stop {}"),
    *("do not cancel {}", "i need {}", "{} stays", "leave {} as it is", "i want to keep {}"),
    *(
        "leave {} in place",
        "{} stays on",
        "i do want {}",
        "{} is not the problem",
        "keep {} coming",
    ),
    *("i have nothing against {}", "no problem with {}", "don't take me off {}", "{} on"),
)
BACKS = (
    *("put {} back", "i want {} back", "turn {} back on", "start {} again", "resume {}"),
    *("bring back {}", "i would like {} again", "restart {}", "switch {} on again"),
    *("i want {} after all", "undo {}", "undo the part with {}", "{} back on", "give me {} back"),
    *("i no longer object to {}", "{} again please", "take {} back off that", "reinstate {}"),
)
ABOUT = (
    *("how do i stop {}?", "can i opt out of {}?", "what happens if i stop {}?"),
    *("does opting out stop {}?", "where do i turn off {}", "how does one cancel {}?"),
    *("will i still get {} if i opt out?", "who decides about {}?", "is {} off already?"),
    *("did i ever sign up for {}?", "why do i get {}?", "are you going to stop {}?"),
)
ALL = ("everything", "all of it", "the lot", "all", "the whole lot", "all of them", "every one")
EXCEPT = ("except", "but", "but not", "apart from", "other than", "except for", "bar", "minus")
REST = ("the rest", "the others", "everything else", "all the rest", "the other ones")
ONLY = (
    "just {}",
    "only {}",
    "{} only",
    "just {} please",
    "nothing but {}",
    "{} and nothing else",
    "only {} i said",
    "make it just {}",
    "just do {}",
    "{}, that's all",
    "i only meant {}",
)
ADD = (
    "also {}",
    "and {}",
    "{} too",
    "{} as well",
    "plus {}",
    "add {}",
    "and {} as well",
    "oh and {}",
    "{} too please",
    "and while you're at it {}",
    "same with {}",
    "throw in {}",
)
OPEN = (
    "",
    "",
    "",
    "",
    "no, ",
    "hmm ",
    "wait, ",
    "ok ",
    "yes but ",
    "actually ",
    "sorry, ",
    "oops ",
    "hold on, ",
    "no wait, ",
    "well, ",
    "on second thought ",
    "right, ",
    "please ",
    "ugh, ",
    "hi, ",
)
CLOSE = (
    "",
    "",
    "",
    "",
    ".",
    "!",
    " please",
    " thanks",
    "!!",
    " pls",
    " ok?",
    " thank you",
    " asap",
    " now",
)
JOINTS = (", ", " but ", ". ", ", and ", " and ", "; ", " - ", " though ", "... ", " / ")


def compose(count: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Yield so many labelled wishes."""
    rng = random.Random(seed)
    forms = (
        _signs_of_two,
        _signs_of_two,
        _exception,
        _only,
        _add,
        _exchange,
        _rest,
        _addresses,
        _addresses,
        _back,
        _back_part,
        _refusal,
        _about,
        _plain,
        _double,
        _two_of_three,
    )
    while count > 0:
        situation = rng.choice(
            (
                "none",
                "none",
                "none",
                "asked_kinds",
                "asked_email",
                "asked_yes",
                "asked_yes",
                "asked_yes",
                "recorded",
                "recorded",
            )
        )
        draft = (
            set(rng.sample(KINDS, rng.choice((1, 1, 2, 2, 3, 4))))
            if situation.startswith(("asked_e", "asked_y", "rec"))
            else set()
        )
        made = rng.choice(forms)(rng, situation, draft)
        if made is None:
            continue
        text, action, kinds, after, *addresses = made
        if (
            action == "out"
            and not addresses
            and situation in ("asked_yes", "asked_email", "recorded")
            and after == draft
        ):
            continue
        if action == "out" and not after:
            if not draft:
                continue
            action = "undo"
        text = (
            rng.choice(OPEN if situation != "none" else ("", "", "", "hi, ", "please ", "look, "))
            + text
            + rng.choice(CLOSE)
        )
        if rng.random() < 0.35:
            text = text.upper() if rng.random() < 0.15 else text[0].upper() + text[1:]
        if rng.random() < 0.25:
            text = text.replace("'", "")
        yield {
            "text": text,
            "situation": situation,
            "draft": "".join(k for k in KINDS if k in draft),
            "action": action,
            "kinds": kinds,
            "after": "".join(k for k in KINDS if k in after),
            "addresses": addresses[0] if addresses else {},
        }
        count -= 1


def _noun(rng: random.Random, kind: str) -> str:
    """Return a word for a kind."""
    return rng.choice(NOUNS[kind])


def _list(rng: random.Random, kinds: Iterable[str]) -> str:
    """Return words for kinds, joined."""
    kinds = list(kinds)
    rng.shuffle(kinds)
    return rng.choice((" and ", ", ", " or ", " & ", " and ")).join(_noun(rng, k) for k in kinds)


def _said(rng: random.Random, forms: Sequence[str], kinds: Iterable[str]) -> str:
    """Return one of the forms with words for kinds."""
    return rng.choice(forms).format(_list(rng, kinds))


def _sign(stops: Iterable[str], keeps: Iterable[str]) -> dict[str, str]:
    """Return the signs of kinds."""
    return {**dict.fromkeys(stops, "stop"), **dict.fromkeys(keeps, "keep")}


def _parts(rng: random.Random, *parts: str) -> str:
    """Return parts of a message in any order."""
    parts = list(parts)
    rng.shuffle(parts)
    return rng.choice(JOINTS).join(parts)


def _split(rng: random.Random) -> tuple[list[str], list[str]]:
    """Return kinds of two sides."""
    kinds = rng.sample(KINDS, 4)
    n, m = rng.choice((1, 1, 2)), rng.choice((1, 1, 2))
    return kinds[:n], kinds[n : n + m]


def _signs_of_two(rng: random.Random, situation: str, draft: set[str]) -> Made:
    """ "Keep the mails, stop the calls", "the calls, not the mails"."""
    stops, keeps = _split(rng)
    text = rng.choice(
        (
            lambda: _parts(rng, _said(rng, STOPS, stops), _said(rng, KEEPS, keeps)),
            lambda: f"{_list(rng, stops)}, not {_list(rng, keeps)}",
            lambda: f"stop {_list(rng, stops)} but not {_list(rng, keeps)}",
            lambda: f"not {_list(rng, keeps)} but {_list(rng, stops)}",
            lambda: f"not {_list(rng, keeps)}, {_list(rng, stops)}",
            lambda: f"stop {_list(rng, stops)} instead of {_list(rng, keeps)}",
            lambda: f"it's not {_list(rng, keeps)} i want stopped, it's {_list(rng, stops)}",
            lambda: (
                f"it's not that i don't like {_list(rng, keeps)}, it's {_list(rng, stops)} i want gone"
            ),
            lambda: f"don't unsubscribe me from {_list(rng, keeps)}, just from {_list(rng, stops)}",
            lambda: f"i mind {_list(rng, stops)}, not {_list(rng, keeps)}",
            lambda: f"{_list(rng, keeps)} yes, {_list(rng, stops)} no",
            lambda: f"{_list(rng, stops)} off, {_list(rng, keeps)} on",
        )
    )()
    after = (draft | set(stops)) - set(keeps)
    if situation == "asked_yes" and text.startswith(("not", "it's")):
        after = (draft - set(keeps)) | set(stops)
    return text, "out", _sign(stops, keeps), after


def _exception(rng: random.Random, situation: str, draft: set[str]) -> Made:
    """ "Stop everything but the newsletter", "nothing except the calls should stop"."""
    kept = rng.sample(KINDS, rng.choice((1, 1, 2)))
    rest = [k for k in KINDS if k not in kept]
    named, every, but = _list(rng, kept), rng.choice(ALL), rng.choice(EXCEPT)
    if rng.random() < 0.3:
        text = rng.choice(
            (
                f"nothing {but} {named} should stop",
                f"stop nothing {but} {named}",
                f"only {named} should go, {rng.choice(REST)} stays",
                f"leave {every} on {but} {named}",
                f"keep {every} {but} {named}",
                f"only {named} go. all the rest stays on",
                f"{every} can stay {but} {named}",
            )
        )
        return text, "out", _sign(kept, rest), set(kept)
    text = rng.choice(
        (
            f"stop {every} {but} {named}",
            f"{every} {but} {named} can go",
            f"opt me out of {every} {but} {named}",
            f"{every} off {but} {named}",
            f"stop {every}, {named} can stay",
            f"keep {named} and stop {rng.choice(REST)}",
            f"i want only {named}, nothing else",
            f"no to {every} {but} {named}",
            f"only {named} stays on, {rng.choice(REST)} goes",
            f"{every} {but} {named}",
            f"the only thing i want from you is {named}",
            f"{every} {but} {named}, i want that one",
        )
    )
    return text, "out", _sign(rest, kept), set(rest)


def _only(rng: random.Random, situation: str, draft: set[str]) -> Made:
    """ "Just the calls"."""
    if situation not in ("asked_yes", "asked_email"):
        return None
    kinds = rng.sample(KINDS, rng.choice((1, 1, 2)))
    if set(kinds) == draft:
        return None
    return _said(rng, ONLY, kinds), "out", _sign(kinds, []), set(kinds)


def _add(rng: random.Random, situation: str, draft: set[str]) -> Made:
    """ "The calls too", "the rest too"."""
    left = [k for k in KINDS if k not in draft]
    if not draft or not left:
        return None
    if (len(left) == 1 or rng.random() < 0.2) and rng.random() < 0.3:
        text = rng.choice(
            (
                "the rest too",
                "all of it actually",
                "everything actually",
                "and all the others",
                "make it everything",
                "oh what the heck, all of them",
                "the lot please",
            )
        )
        return text, "out", _sign(KINDS, []), set(KINDS)
    kinds = rng.sample(left, min(len(left), rng.choice((1, 1, 2))))
    text = _said(rng, ADD, kinds)
    if situation != "asked_email" and rng.random() < 0.3:
        text += rng.choice((", same address", " for the same address", ", same email"))
    return text, "out", _sign(kinds, []), draft | set(kinds)


def _exchange(rng: random.Random, situation: str, draft: set[str]) -> Made:
    """ "No, the calls", "the mails back on, the calls off"."""
    if situation not in ("asked_yes", "recorded") or len(draft) > 2:
        return None
    left = [k for k in KINDS if k not in draft]
    new = rng.sample(left, 1)
    old, fresh = _list(rng, draft), _list(rng, new)
    if situation == "asked_yes" and rng.random() < 0.4:
        text = rng.choice(
            (
                f"no, {fresh}",
                f"i meant {fresh}",
                f"not that, {fresh}",
                f"{fresh} i mean",
                f"wrong one, i want {fresh} gone",
                f"oops i meant {fresh}",
                f"it's {fresh} that i want gone",
            )
        )
        return text, "out", _sign(new, []), set(new)
    text = rng.choice(
        (
            f"not {old}, {fresh}",
            f"{fresh} instead of {old}",
            f"no not {old}, i meant {fresh}",
            f"wrong way round: {old} stays, {fresh} stops",
            f"swap it: {fresh} off, {old} on",
            f"i want {old}. it was {fresh} i wanted gone",
            f"did that backwards. {old} back on, {fresh} off",
            f"{old} was a mistake, {fresh} is what should stop",
            f"oops not {old}, {fresh}",
        )
    )
    return text, "out", _sign(new, draft), set(new)


def _rest(rng: random.Random, situation: str, draft: set[str]) -> Made:
    """ "Keep the mails, the rest stays off", "only the mails off, the rest back on"."""
    if not draft or len(draft) < 2:
        return None
    one = rng.sample(sorted(draft), 1)
    left = draft - set(one)
    named, rest = (
        _list(rng, one),
        rng.choice(
            (
                *REST,
                *(
                    ("the other one",)
                    if len(left) == 1
                    else ("the other two",)
                    if len(left) == 2
                    else ("the other three",)
                ),
            )
        ),
    )
    if rng.random() < 0.5:
        text = rng.choice(
            (
                f"{named} can stay, {rest} stays off",
                f"leave {named} on, {rest} off",
                f"put {named} back, leave {rest} off",
                f"i would like to keep {named}, but {rest} stays off",
                f"undo {named}, keep {rest} off",
                f"not {named}, {rest} yes",
                f"keep sending {named}, {rest} goes",
            )
        )
        return text, "in" if situation == "recorded" else "out", _sign(left, one), left
    text = rng.choice(
        (
            f"only keep {named} off, turn {rest} back on",
            f"turn {rest} back on, {named} stays off",
            f"{rest} can stay, only {named} should be off",
            f"just {named} off, put {rest} back on",
        )
    )
    return text, "in" if situation == "recorded" else "out", _sign(one, left), set(one)


def _refusal(rng: random.Random, situation: str, draft: set[str]) -> Made:
    """ "Keep the mails", "never stop the calls"."""
    if situation == "none":
        kinds = rng.sample(KINDS, rng.choice((1, 1, 2)))
        return _said(rng, KEEPS, kinds), "none", _sign([], kinds), set()
    if situation in ("asked_yes", "asked_email"):
        kinds = rng.sample(sorted(draft), rng.choice((1, len(draft))))
        return _said(rng, KEEPS, kinds), "out", _sign([], kinds), draft - set(kinds)
    return None


def _back(rng: random.Random, situation: str, draft: set[str]) -> Made:
    """ "Put the mails back"."""
    if situation != "none":
        return None
    kinds = rng.sample(KINDS, rng.choice((1, 1, 2)))
    return _said(rng, BACKS[:-6], kinds), "in", _sign([], kinds), set()


def _back_part(rng: random.Random, situation: str, draft: set[str]) -> Made:
    """ "Undo the part with the calls"."""
    if situation != "recorded":
        return None
    kinds = rng.sample(sorted(draft), rng.choice((1, 1, len(draft))))
    return _said(rng, BACKS, kinds), "in", _sign([], kinds), draft - set(kinds)


def _about(rng: random.Random, situation: str, draft: set[str]) -> Made:
    """ "How do I stop the mails?"."""
    return _said(rng, ABOUT, [rng.choice(KINDS)]), "none", {}, draft


def _plain(rng: random.Random, situation: str, draft: set[str]) -> Made:
    """ "Stop the mails"."""
    kinds = rng.sample(KINDS, rng.choice((1, 1, 2, 3)))
    if situation == "none" and rng.random() < 0.15:
        return (
            rng.choice(
                (
                    f"opt me out of everything including {_list(rng, kinds)}",
                    f"stop everything, {_list(rng, kinds)} too",
                    f"opt me out of everything and {_list(rng, kinds)}",
                    f"{_list(rng, kinds)}, all of it, everything must stop",
                )
            ),
            "out",
            _sign(KINDS, []),
            set(KINDS),
        )
    return _said(rng, STOPS, kinds), "out", _sign(kinds, []), draft | set(kinds)


def _double(rng: random.Random, situation: str, draft: set[str]) -> Made:
    """ "Do not just unsubscribe me from the mails, from the calls too"."""
    if situation != "none":
        return None
    one, two = rng.sample(KINDS, 2)
    text = rng.choice(
        (
            f"don't just unsubscribe me from {_noun(rng, one)}, from {_noun(rng, two)} too",
            f"not only {_noun(rng, one)}, {_noun(rng, two)} must stop too",
            f"there's no reason to keep {_noun(rng, one)} or {_noun(rng, two)} so don't",
            f"i never said i wanted {_noun(rng, one)} or {_noun(rng, two)}, stop both",
            f"no {_noun(rng, one)} and no {_noun(rng, two)}",
            f"neither {_noun(rng, one)} nor {_noun(rng, two)} please",
            f"{_noun(rng, one)} and {_noun(rng, two)}: i don't want either",
        )
    )
    return text, "out", _sign([one, two], []), {one, two}


def _two_of_three(rng: random.Random, situation: str, draft: set[str]) -> Made:
    """ "The mails can stay, the calls can stay, the other two must go"."""
    if situation not in ("none", "asked_kinds"):
        return None
    a, b, *rest = rng.sample(KINDS, 4)
    text = rng.choice(
        (
            f"{_noun(rng, a)} can stay. {_noun(rng, b)} can stay. the other two have to go",
            f"not {_noun(rng, a)} and not {_noun(rng, b)}, the other two out",
            f"keep {_noun(rng, a)} and {_noun(rng, b)}, stop the other two things, {_noun(rng, rest[0])} and {_noun(rng, rest[1])}",
        )
    )
    return text, "out", _sign(rest, [a, b]), set(rest)


def _addresses(rng: random.Random, situation: str, draft: set[str]) -> Made:
    """ "Stop the mails for A, not for B", "and B too", "wrong address, it is B"."""
    a, b = rng.choice(
        (("ann@example.org", "bob@example.com"), ("x1@example.com", "x2@example.net"))
    )
    kinds = rng.sample(KINDS, rng.choice((1, 1, 2)))
    others = [k for k in KINDS if k not in kinds]
    two = rng.sample(others, 1)
    stop = _said(rng, STOPS, kinds)
    if situation in ("none", "asked_kinds"):
        form = rng.randrange(9)
        if form == 0:
            return (
                rng.choice(
                    (
                        f"{stop} for {a}, not {b}",
                        f"{stop} for {a}, not for {b}",
                        f"{a} not {b}: {stop}",
                        f"{stop}. it's {a}, not {b}",
                        f"not {b} but {a}: {stop}",
                        f"{stop} {a}. leave {b} alone",
                        f"{stop} for {a}, {b} stays",
                        f"{b} is my wife's, don't touch it. {stop} for {a}",
                        f"{stop} for me, {a}, but don't take my wife off as well, hers is {b}",
                    )
                ),
                "out",
                _sign(kinds, []),
                set(kinds),
                {a: "use", b: "not"},
            )
        if form == 1:
            return (
                rng.choice(
                    (
                        f"{stop} for {a} and {b}",
                        f"{stop} for {a}, and the same for {b}",
                        f"{stop}: {a} + {b}",
                        f"both {a} and {b}: {stop}",
                        f"{stop} for my husband and me, {a} and {b}",
                        f"{stop} for {a}. {b} too",
                    )
                ),
                "out",
                _sign(kinds, []),
                set(kinds),
                {a: "use", b: "use"},
            )
        if form == 2:
            s2 = _said(rng, STOPS, two)
            return (
                rng.choice(
                    (
                        f"for {a} {stop}, for {b} {s2}",
                        f"{a}: {stop}. {b}: {s2}",
                        f"for me, {a}, {stop}. for my husband, {b}, {s2}",
                        f"{stop} for {a} and {s2} for {b}",
                    )
                ),
                "out",
                _sign([*kinds, *two], []),
                {*kinds, *two},
                {a: "".join(kinds), b: "".join(two)},
            )
        if form == 3:
            return (
                rng.choice(
                    (
                        f"i have {a} and {b}. {stop} for the first one only",
                        f"my addresses are {a} and {b}, {stop} on the first",
                        f"{a} and {b} are mine, {stop} for the former",
                    )
                ),
                "out",
                _sign(kinds, []),
                set(kinds),
                {a: "use", b: "not"},
            )
        if form == 4:
            return (
                rng.choice(
                    (
                        f"i have {a} and {b}. {stop} for the second one only",
                        f"my addresses are {a} and {b}, {stop} on the second",
                        f"{a} and {b} are mine, {stop} for the latter",
                    )
                ),
                "out",
                _sign(kinds, []),
                set(kinds),
                {a: "not", b: "use"},
            )
        if form == 5:
            return (
                rng.choice(
                    (
                        f"{stop} for {a}, oops, {b}",
                        f"{stop} {a} no wait {b}",
                        f"{stop} for {a}. sorry, i mean {b}",
                        f"{stop} {a} scratch that {b}",
                        f"{stop}. my address is {a}, no, it's {b}",
                    )
                ),
                "out",
                _sign(kinds, []),
                set(kinds),
                {a: "not", b: "use"},
            )
        if form == 6:
            return (
                rng.choice(
                    (
                        f"i wrote to you from {b} last week. {stop} for {a}",
                        f"{b} is dead now, {stop} for {a}",
                        f"my son signed up as {b}, keep him. {stop} for mine, {a}",
                        f"my old one was {b}. {stop} for {a}",
                    )
                ),
                "out",
                _sign(kinds, []),
                set(kinds),
                {a: "use", b: "not"},
            )
        if form == 7:
            return (
                f"{stop}{rng.choice((', ', ' ', '. ', ' - my email is ', ' for ', ' at ', '. my address: '))}{a}",
                "out",
                _sign(kinds, []),
                set(kinds),
                {a: "use"},
            )
        return (
            rng.choice(
                (
                    f"my son signed up as {b}. please remove him. i am {a} and want to keep mine",
                    f"remove {b}, keep {a}",
                    f"take {b} off the newsletter but not {a}",
                    f"unsubscribe {b}. {a} stays subscribed",
                )
            ),
            "out",
            {"E": "stop"},
            {"E"},
            {a: "not", b: "use"},
        )
    if situation == "asked_email":
        text, labels = rng.choice(
            (
                (f"{a}", {a: "use"}),
                (f"it's {a}, not {b}", {a: "use", b: "not"}),
                (f"{a} and {b}", {a: "use", b: "use"}),
                (f"{a}, sorry, {b}", {a: "not", b: "use"}),
                (f"use {a}. {b} is my wife's", {a: "use", b: "not"}),
                (f"my email is {a}", {a: "use"}),
            )
        )
        return text, "out", {}, set(draft), labels
    if situation == "asked_yes":
        text, labels = rng.choice(
            (
                (f"not that one, {a}", {a: "use", "jo@example.com": "not"}),
                (f"wrong address, it's {a}", {a: "use", "jo@example.com": "not"}),
                (f"and {a} too", {a: "use", "jo@example.com": "use"}),
                (f"not jo@example.com, {a}", {a: "use", "jo@example.com": "not"}),
                (f"{a} instead", {a: "use", "jo@example.com": "not"}),
                (f"{a} as well please", {a: "use", "jo@example.com": "use"}),
                (f"i typed it wrong: {a}", {a: "use", "jo@example.com": "not"}),
                (f"same for {a}", {a: "use", "jo@example.com": "use"}),
                (f"no, {a}", {a: "use", "jo@example.com": "not"}),
                (f"should be {a} not jo@example.com", {a: "use", "jo@example.com": "not"}),
            )
        )
        return text, "out", {}, set(draft), labels
    text, labels = rng.choice(
        (
            (f"same for my wife, {a}", {a: "use", "jo@example.com": "use"}),
            (f"and {a} too", {a: "use", "jo@example.com": "use"}),
            (f"wrong address! it's {a}", {a: "use", "jo@example.com": "not"}),
            (f"that was the wrong one, i meant {a}", {a: "use", "jo@example.com": "not"}),
            (f"also for {a}", {a: "use", "jo@example.com": "use"}),
            (f"do {a} as well", {a: "use", "jo@example.com": "use"}),
            (f"not jo@example.com, it should be {a}", {a: "use", "jo@example.com": "not"}),
        )
    )
    return text, "out", {}, set(draft), labels
