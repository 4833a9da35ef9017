"""Clauses of a message, each with its polarity and the signs of the things that it names.

The polarity of a clause is the parity of its operators: -1 if an odd number of them turns it
around. A clause without a predicate ("the calls, not the mails") shares the head of what was said
before it, in the same message or by the bot.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.optouts.model import EVERYTHING, OptOutKind
from bot.optouts.wish import phrases
from bot.optouts.wish.lexicon import (
    KINDS,
    NEGATIONS,
    PREDICATES,
    TURNS,
    WEAK,
    Role,
    Token,
    tokens,
)

_JOINTS = frozenset({Role.COMMA, Role.AND, Role.BUT, Role.BREAK})
_SCOPE_ENDS = frozenset({Role.COMMA, Role.BUT, Role.BREAK})
_FIRM = TURNS | NEGATIONS | {Role.KEEP, Role.TOLERATES, Role.RESTART, Role.NO, Role.DO}
_THINGS = frozenset({*KINDS, Role.ALL, Role.NOTHING, Role.REST})
_PRONOUNS = frozenset(
    ["it", "them", "em", "those", "that", "this", "these", "one", "ones", "either", "both", "thats"]
)
_CLEFT = re.compile(
    r"(?:(?:no|but|and|wait|actually|sorry) )*(?:its|it is|i meant?|thats|about)"
    r" (?:about |only |just )?(?:the|your|those|all|my|e-?mail|call|ad|mail|text)"
)


_TAKES_UP = re.compile(r"(?:those|they|these|that one|that|them)\b")
_NEVER_SAID = re.compile(r"(?:i |we )?(?:never|didnt|did not) (?:even )?(?:sa|told|tell)")
_SOMEWHERE = "somewhere"
_NAMES_BY_QUESTION_WORD = re.compile(
    r"(?:what|which|when|who)\b"
    r"(?! (?:is|are|do|does|did|can|will|about|kind|else|happens|exactly|then|if)\b)"
)
_ASKS_WITHIN = re.compile(
    r"\b(?:whats?|how|why|when|where|does|do you|are you|is it|is that|would i|will i|should i|if i"
    r"|or not|so no more|right|am i)\b|^no more"
)


@dataclass
class Clause:
    """A clause: its tokens, what joins it to the clause before, and the signs that it gives.

    ``polarity`` is -1 if it turns off, 1 if it lets go on, and 0 without a predicate. ``firm``
    tells a wish from a mere liking or complaint.
    """

    tokens: list[Token]
    joint: Role = Role.END
    asks: bool = False  # it is a question, and no request in the form of one
    supposes: bool = False  # it begins with "if"
    polarity: int = 0
    firm: bool = False
    signs: dict[OptOutKind, int] = field(default_factory=dict)
    told: dict[OptOutKind, int] = field(default_factory=dict)  # the signs of an earlier wish

    @property
    def text(self) -> str:
        """Return the words of the clause."""
        return " ".join(token.text for token in self.tokens if token.text)

    def has(self, *roles: Role) -> bool:
        """Return whether a token has one of the roles."""
        return any(token.role in roles for token in self.tokens)

    @property
    def has_predicate(self) -> bool:
        """Return whether the clause says something about its things."""
        return self.has(*PREDICATES, Role.NO)

    @property
    def names_things(self) -> bool:
        """Return whether the clause names a kind, or all of them."""
        return self.has(*_THINGS)

    @property
    def stands_apart(self) -> bool:
        """Return whether the clause names its things anew: "it is the calls", "calls only"."""
        return self.names_things and (self.has(Role.ONLY) or bool(_CLEFT.match(self.text)))

    @property
    def points_back(self) -> bool:
        """Return whether the clause is about what was named before: "stop them"."""
        return not self.names_things and (
            not _PRONOUNS.isdisjoint(self.text.split()) or len(self.text.split()) <= 3
        )


def normal(text: str) -> str:
    """Return a text as the lexicon has its words: lower case, without apostrophes."""
    text = text.lower().replace("’", "'").replace("‘", "'").replace("`", "'")
    text = re.sub(r"(?<=\w)'(?=\w)|(?<=s)'(?=\s)|(?<=\s)'(?=em\b)", "", text)
    text = re.sub(r"\bu\b", "you", text)
    # "Ads: no. Newsletter: yes."
    text = re.sub(r": ?(?:no|off|stop)\b(?=\s*(?:[.,;!]|$))", " must stop", text)
    text = re.sub(r": ?(?:yes|on|keep|stay)\b(?=\s*(?:[.,;!]|$))", " can stay", text)
    return re.sub(r"\b(?:ur|yr)\b", "your", re.sub(r"[ \t]+", " ", text))


def clauses(text: str, head: int = 0) -> list[Clause]:
    """Return the clauses of a message, in order, with polarity and signs.

    ``head`` is what a bare thing means: -1 after the question what shall stop, 0 if it is open.
    """
    found: list[Clause] = []
    default = head
    for sentence, question in _sentences(tokens(normal(text))):
        parts = _merged(_segments(sentence))
        asks = _asks(sentence, question, head)
        for part in parts:
            # "Unsubscribe me, and when does the sale end?" asks only in its second part.
            directs = part.has(Role.OPTOUT, Role.STOP) and not phrases.ASKS.match(part.text)
            orders = directs and (asks == _SOMEWHERE or phrases.ORDERS.match(part.text))
            part.asks = bool(asks) and not orders
        found += parts
    for clause in found:
        # "It is the calls", "calls only" are no part of what was said before.
        _read(clause, default or -1 if clause.stands_apart else head)
        if (
            clause.polarity
            and clause.firm
            and not clause.asks
            and (clause.polarity < 0 or not default)
        ):
            head = clause.polarity
    _point_back(found)
    return found


def _sentences(stream: Iterable[Token]) -> Iterable[tuple[list[Token], bool]]:
    sentence: list[Token] = []
    for token in stream:
        if token.role is Role.END:
            if sentence:
                yield sentence, "?" in token.text
            sentence = []
        else:
            sentence.append(token)
    if sentence:
        yield sentence, False


def _asks(sentence: Sequence[Token], question: bool, head: int) -> str:
    """Return where a sentence asks: at its start, somewhere, or nowhere ("")."""
    text = " ".join(token.text for token in sentence)
    if phrases.REQUESTS.search(text):
        return ""
    # "What comes by post" answers the question what shall stop.
    if head and not question and _NAMES_BY_QUESTION_WORD.match(text):
        return ""
    if phrases.ASKS.match(text):
        return "start"
    return _SOMEWHERE if question and _ASKS_WITHIN.search(text) else ""


def _segments(sentence: Sequence[Token]) -> list[Clause]:
    """Return the pieces between joints; a second verb that turns off begins a piece of its own."""
    pieces = [Clause([])]
    for place, token in enumerate(sentence):
        if token.role in _JOINTS:
            if pieces[-1].tokens:
                pieces.append(Clause([], token.role))
            elif pieces[-1].joint is not Role.BUT:
                pieces[-1].joint = token.role
            if token.role is Role.BREAK:
                pieces[-1].supposes = token.text in ("if", "unless") or token.text.startswith(
                    "should"
                )
            continue
        if _runs_on(pieces[-1].tokens, token, sentence[place - 1] if place else None):
            pieces.append(Clause([], Role.BREAK))
        pieces[-1].tokens.append(token)
    return [piece for piece in pieces if piece.tokens]


def _runs_on(before: Sequence[Token], token: Token, last: Token | None) -> bool:
    """Return whether a token begins another clause without a joint: "stop it take me off"."""
    roles = {other.role for other in before}
    turned = bool(roles & {Role.STOP, Role.OPTOUT})
    if token.role is Role.NEG:
        return turned and not re.search(r"not to|never again|to not|without", token.text)
    if token.role not in (Role.STOP, Role.OPTOUT) or re.search(
        r"(?:ing|ed|en)\b|off$", token.text.split(" ")[0]
    ):
        return False
    if last is not None and last.text in (
        "to",
        "be",
        "get",
        "let",
        "been",
        "stay",
        "keep",
        "should",
        "must",
        "can",
    ):
        return False
    if turned:
        return True
    negated = [place for place, other in enumerate(before) if other.role is Role.NEG]
    between = before[negated[-1] + 1 :] if negated else []
    return any(
        other.role in KINDS or other.text in ("it", "them", "this") for other in between
    ) and not any(other.text in ("let", "to", "make") for other in between)


def _merged(pieces: Sequence[Clause]) -> list[Clause]:
    """Return the pieces with those that have no predicate joined to a neighbour."""
    found: list[Clause] = []
    for piece in pieces:
        joins_things = piece.joint is Role.AND and found and found[-1].names_things
        if (
            found
            and not piece.stands_apart
            and (not piece.has_predicate or (not found[-1].has_predicate and joins_things))
        ):
            found[-1].tokens += [Token(piece.joint, ""), *piece.tokens]
        else:
            found.append(piece)
    return found


def _read(clause: Clause, head: int) -> None:
    """Set polarity and signs of a clause; ``head`` is what a bare thing means."""
    turned = _turns(clause.tokens)
    clause.firm = clause.has(*_FIRM)
    demands = clause.supposes and clause.has(Role.OPTOUT, Role.STOP)
    demands = demands and (clause.has(Role.NEG) or clause.text.startswith("unless"))
    if demands:  # "if you don't unsubscribe me, …"
        clause.polarity = -1
        _sign_things(clause, -1)
        return
    if clause.has(Role.REPORT, Role.IF_EVER) or clause.supposes:
        clause.firm = False
        if clause.has(Role.REPORT):
            _sign_things(clause, -1)  # what was to stop, then
            clause.told, clause.signs = clause.signs, {}
        clause.polarity = -1 if clause.has(Role.GRIPE) else 0
        if clause.polarity:
            _sign_things(clause, clause.polarity)
        return
    if clause.has(Role.DO) and not clause.has(
        *TURNS, Role.KEEP, Role.TOLERATES, Role.RESTART, Role.GO, Role.NO
    ):
        base = head
        clause.polarity = -base if turned % 2 else base
    elif clause.has(*TURNS, *NEGATIONS):
        clause.polarity = -1 if turned % 2 else 1
    elif clause.has(Role.NO) and not clause.has(Role.KEEP):
        clause.polarity = -1
    elif clause.has(Role.KEEP, Role.TOLERATES, Role.RESTART):
        clause.polarity = 1
    elif clause.has(Role.GRIPE):
        clause.polarity = -1
    elif clause.has(Role.GO):
        clause.polarity = 1
    _sign_things(clause, clause.polarity or head)


def _turns(words: Sequence[Token]) -> int:
    """Return how often a clause turns its meaning around; neighbours that repeat count once."""
    count, last = 0, -9
    for place, token in enumerate(words):
        if token.role in TURNS | NEGATIONS:
            repeats = token.role is Role.NEG and place - last <= 2 and words[last].role is Role.NEG
            count += 0 if repeats else 1
            last = place
    # "I never said I don't want it"
    denied = any(token.role is Role.GRIPE and _NEVER_SAID.match(token.text) for token in words)
    return count + 1 if denied and count else count


def _local_nots(words: Sequence[Token]) -> set[int]:
    """Return the places of what stands in the scope of a "not": "post, not e-mail"."""
    found: set[int] = set()
    for place, token in enumerate(words):
        if token.role is Role.NOT:
            for inside in range(place + 1, len(words)):
                role = words[inside].role
                if role in _SCOPE_ENDS or role in TURNS | {Role.KEEP, Role.GO}:
                    break
                found.add(inside)
    return found


def _sign_things(clause: Clause, head: int) -> None:
    local = _local_nots(clause.tokens)
    strong = any(token.role in KINDS and token.role not in WEAK for token in clause.tokens)
    on_list = any(_kind_of_list(token.text) for token in clause.tokens if token.role is Role.OPTOUT)
    flipped = negated = False
    for place, token in enumerate(clause.tokens):
        if token.role in (Role.EXCEPT, Role.INSTEAD):
            flipped = True
        elif token.role is Role.BUT:
            flipped = negated = False
        elif token.role is Role.NO:
            negated = True
        elif token.role is Role.COMMA:
            negated = False
        sign = -1 if negated and head >= 0 else head
        if flipped or place in local:
            sign = -sign
        if token.role in (Role.ALL, Role.NOTHING):
            if _stands_alone(clause.tokens, place) and (clause.firm or clause.polarity == 0):
                for kind in EVERYTHING:
                    clause.signs.setdefault(kind, sign)
        elif token.role is Role.OPTOUT and (listed := _kind_of_list(token.text)) is not None:
            clause.signs[listed] = sign
        elif token.role in KINDS and not (token.role in WEAK and (strong or on_list)):
            clause.signs[KINDS[token.role]] = sign


def _stands_alone(words: Sequence[Token], place: int) -> bool:
    """Return whether "all" is no word before a kind: "all your calls"."""
    following = words[place + 1 : place + 4]
    for token in following:
        if token.role in KINDS:
            return False
        if token.text in ("including", "incl", "especially"):
            return True
        if token.role is not Role.WORD:
            return True
    return True


def _point_back(found: Sequence[Clause]) -> None:
    """Give the kinds of a clause the sign of a later one that points back: "…, so end them"."""
    for place, clause in enumerate(found):
        if not (clause.firm and clause.polarity and clause.points_back) or clause.asks:
            continue
        for earlier in reversed(found[:place]):
            answered = bool(earlier.signs) and not earlier.polarity and any(earlier.signs.values())
            answered = answered and not _TAKES_UP.match(clause.text)
            if answered:
                break
            if earlier.names_things and (not earlier.firm or earlier.asks):
                _sign_things(earlier, 1)
                clause.signs = {
                    kind: sign * clause.polarity for kind, sign in earlier.signs.items()
                }
                earlier.signs = {}
                break
            if earlier.firm:
                break


def _kind_of_list(text: str) -> OptOutKind | None:
    """Return the kind that a "do-not-call" list is about."""
    for word, kind in _LISTS.items():
        if text.startswith("do") and word in text:
            return kind
    return None


_LISTS = {
    "call": OptOutKind.PHONE_MAIL_MARKETING,
    "sell": OptOutKind.SHARING,
    "share": OptOutKind.SHARING,
    "track": OptOutKind.TARGETED_ADVERTISING,
    "mail": OptOutKind.MARKETING_EMAIL,
}
