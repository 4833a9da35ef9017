"""Words of wishes, each with its role in a clause; data/wishes/lexicon.yml lists them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.optouts.model import OptOutKind
from bot.optouts.wish.words import word_lists


class Role(StrEnum):
    """Role of a word in a clause."""

    ADDRESS = "address"
    # kinds; a weak one counts only where the clause names no other
    EMAIL = "email"
    ADS = "ads"
    SHARING = "sharing"
    PHONE = "phone"
    WEAK_EMAIL = "weak_email"
    WEAK_ADS = "weak_ads"
    WEAK_SHARING = "weak_sharing"
    ALL = "all"
    REST = "rest"
    # operators that turn a meaning around
    STOP = "stop"
    OPTOUT = "optout"  # like STOP, and about opting out by itself
    TAKEN_BACK = "taken_back"  # an earlier wish, as a thing: "my opt-out"
    NEG = "neg"
    NOTHING = "nothing"  # turns around, and means all kinds
    NOT = "not"  # turns around what follows it
    NO = "no"
    REPORT = "report"  # what was wished before
    IF_EVER = "if_ever"  # what may be wished one day
    DO = "do"  # does with a thing what was done before: "now do the calls"
    GRIPE = "gripe"  # a complaint: turns off unless the clause says it otherwise
    # predicates that do not
    GO = "go"
    KEEP = "keep"
    TOLERATES = "tolerates"  # "I don't mind": keeps
    RESTART = "restart"
    BACK = "back"
    # frame
    ONLY = "only"
    NOT_ONLY = "not_only"
    EXCEPT = "except"
    INSTEAD = "instead"
    BUT = "but"
    AND = "and"
    BREAK = "break"  # begins another clause: "because", "so"
    COMMA = "comma"
    END = "end"
    WORD = "word"


@dataclass(frozen=True)
class Token:
    """A word or phrase with its role."""

    role: Role
    text: str


KINDS = {
    Role.EMAIL: OptOutKind.MARKETING_EMAIL,
    Role.WEAK_EMAIL: OptOutKind.MARKETING_EMAIL,
    Role.WEAK_ADS: OptOutKind.TARGETED_ADVERTISING,
    Role.ADS: OptOutKind.TARGETED_ADVERTISING,
    Role.SHARING: OptOutKind.SHARING,
    Role.WEAK_SHARING: OptOutKind.SHARING,
    Role.PHONE: OptOutKind.PHONE_MAIL_MARKETING,
}
WEAK = frozenset({Role.WEAK_EMAIL, Role.WEAK_ADS, Role.WEAK_SHARING})
TURNS = frozenset({Role.STOP, Role.OPTOUT, Role.TAKEN_BACK})
NEGATIONS = frozenset({Role.NEG, Role.NOTHING})
PREDICATES = (
    TURNS
    | NEGATIONS
    | {
        Role.GRIPE,
        Role.DO,
        Role.REPORT,
        Role.IF_EVER,
        Role.GO,
        Role.KEEP,
        Role.TOLERATES,
        Role.RESTART,
    }
)


def _compiled() -> tuple[list[Role], re.Pattern[str]]:
    """Return the roles in the order of the lexicon, and one pattern with a group for each."""
    roles, groups = [], []
    for number, (role, words) in enumerate(word_lists("lexicon.yml").items()):
        joined = "|".join(words)
        bare = role in (Role.COMMA, Role.END, Role.ADDRESS)
        whole = joined if bare else rf"(?<![\w'-])(?:{joined})(?![\w-])"
        roles.append(Role(role))
        groups.append(rf"(?P<r{number}>{whole})")
    return roles, re.compile("|".join([*groups, r"(?P<word>[\w'-]+)"]))


_ROLES, _TOKENS = _compiled()


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text in lower case without apostrophes."""
    for match in _TOKENS.finditer(text):
        name = match.lastgroup or "word"
        yield Token(Role.WORD if name == "word" else _ROLES[int(name[1:])], match.group())
