"""Addresses in a message: which of them are meant, and which are only named.

"A, not B", "not A but B", "A stays, B goes", "mine is A, my wife's is B".
"""

import re
from itertools import pairwise

_ADDRESS = re.compile(r"\[email-\d+\]")
_SPLIT = re.compile(r"[.;!?\n]|,|\s[-–—]+\s|—|\bbut\b|\band\b|\bwhich\b|\bthough\b")
_EXCLUDES_AFTER_IT = re.compile(
    r"^\W*(?:is|was|\(?are)? ?(?:not\b(?! (?:just|only|for|\[))|wrong|incorrect|isnt|keeps?|said"
    r"|says|told|likes?|loves?|wants? (?:it|them|hers|his)|has nothing|stays?"
    r"|(?:can|may|should) stay|fine|ok\b|the wrong)"
)
_GAP = (
    r"(?: (?:for|to|at|me|my|the|his|her|our|your|from|one|address|e-?mail|mail|account|old"
    r"|other|work|private|\w+s|daughter|son|wife|husband|mum|mom|dad|mother|father|sister|brother|sending"
    r"|them)){0,4}"
)
_EXCLUDES_BEFORE_IT = re.compile(
    r"\b(?:(?<!do )not|never(?: \w+)?|without|forget|isnt|wasnt|no longer|ignore"
    r"|instead of|rather than|except(?: for)?|other than|any but|keep|leave|used to go"
    r"|(?:dont|do not) (?:touch|use|take|add|change|remove|unsubscribe|record"
    r"|include))" + _GAP + r"\W*$"
)
_ONLY_NAMED = re.compile(
    r"\b(?:wrote|written|emailed|mailed|contacted|asked|told|used to|spoke"
    r"|(?:came|comes|coming|sent|is) from|spam from)\b[^\[]*$"
)
_STALE = re.compile(r"\b(?:dead|closed|wrong|isnt|is not|misspelt|obsolete|gone)\b")
_NOT_THAT = re.compile(
    r"^\W*(?:(?:she|he|they|it|that|this|those)\b.{0,25}\b(?:not|isnt|wants|want|likes|stays)\b"
    r"|(?:she|he|they) not\b|ignore (?:that|it)|leave (?:that|it|him|her)|not (?:that|him|her)"
    r"|(?:thats|its) (?:wrong|not)|(?:thats|its) my (?:brother|sister|wife|husband|son|daughter"
    r"|mother|father|mum|mom|dad|boss|employer)s?\b)"
)
_NOT_ME = re.compile(
    r"\b(?:mine (?:is|stays|can stay) (?:fine|ok|as)|not (?:for )?me|me not|isnt for me|isnt me)\b"
)
_CORRECTS = re.compile(
    r"\b(?:oops|sorry|sry|typo|correction|i mean|i meant|wait|no|rather|actually|should be"
    r"|scratch that|make that)\b"
)
_MINE = re.compile(r"\b(?:mine|me|im|i am|my own|myself|my address)\b")
_THEIRS = re.compile(
    r"\b(?:my|our|her|his) (?:\w+ )?(?:wife|husband|mum|mom|mother|father|dad|son|daughter"
    r"|sister|brother|friend|boss|employer|grand\w+|partner|roommate|flatmate|neighbou?r"
    r"|colleague)s?\b"
)
_TOGETHER = re.compile(r"\[email-\d+\]\)?\W*(?:,|and|or|plus)\W*(?:\w+ ){0,3}\(?\[email-\d+\]")
_JOINED = re.compile(r"\s*(?:and|or)\s*")
_BOTH = re.compile(r"\b(?:both|too|as well|also|plus|all (?:of them|three|mine)|each)\b")


def addresses_in(plain: str) -> dict[str, bool]:
    """Return the placeholders of addresses in a text; True for those that are meant."""
    pieces = _pieces(plain)
    found: dict[str, bool] = {}
    owners: dict[str, str] = {}
    last: str | None = None
    for piece in pieces:
        named = list(_ADDRESS.finditer(piece))
        if not named:
            if last and _NOT_ME.search(piece):
                mine = [address for address, owner in owners.items() if owner == "mine"]
                found.update(dict.fromkeys(mine, False))
            elif last and _NOT_THAT.search(piece):
                found[last] = False
        for match in named:
            last = match.group()
            before, after = piece[: match.start()], piece[match.end() :]
            excluded = _EXCLUDES_BEFORE_IT.search(
                _ADDRESS.sub(" ", before)
            ) or _EXCLUDES_AFTER_IT.search(after)
            found[last] = not excluded and found.get(last, True)
            owners[last] = (
                "mine" if _MINE.search(before) else "theirs" if _THEIRS.search(before) else ""
            )
    for one, other in pairwise(list(_ADDRESS.finditer(plain))):
        joined = _JOINED.fullmatch(plain[one.end() : other.start()])
        if joined and not found[one.group()]:  # "except A and B"
            found[other.group()] = False
    if len(found) > 1 and all(found.values()):
        _apply_corrections(plain, found)
    if len(found) > 1 and all(found.values()) and not _BOTH.search(plain):
        mine = [address for address, owner in owners.items() if owner == "mine"]
        theirs = [address for address, owner in owners.items() if owner == "theirs"]
        if theirs and (mine or (len(theirs) < len(found) and not _TOGETHER.search(plain))):
            found.update(dict.fromkeys(theirs, False))
        stale = [
            address
            for address in found
            for piece in pieces
            if address in piece
            and (_STALE.search(piece) or _ONLY_NAMED.search(piece[: piece.index(address)]))
        ]
        if stale and len(stale) < len(found):
            found.update(dict.fromkeys(stale, False))
    return found


def _pieces(plain: str) -> list[str]:
    """Return a text in pieces; an address by itself belongs to the piece before."""
    pieces: list[str] = []
    for piece in _SPLIT.split(plain):
        alone = _ADDRESS.search(piece) and not re.search(r"[a-z]", _ADDRESS.sub("", piece))
        if alone and pieces and not _ADDRESS.search(pieces[-1]):
            pieces[-1] += " " + piece
        elif piece.strip():
            pieces.append(piece)
    return pieces


def _apply_corrections(plain: str, found: dict[str, bool]) -> None:
    """Exclude an address that the words after it correct: "A, oops, B"."""
    places = list(_ADDRESS.finditer(plain))
    for one, other in pairwise(places):
        if one.group() != other.group() and _CORRECTS.search(plain[one.end() : other.start()]):
            found[one.group()] = False
