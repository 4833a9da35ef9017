"""Particulars of a question (``data/particulars.yml``), and whether the policy names them.

"Do you share my data with my employer?" is not answered by yes because something is shared with
somebody: yes or no stands only if the clauses that it rests on name all that the question names.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from bot.paths import DATA_DIR
from bot.policy.document import Clause, Policy
from bot.policy.yaml_files import read_yaml
from bot.policy.zones import countries

FILE = DATA_DIR / "particulars.yml"
RECIPIENT, PLACE = "recipient", "place"
_AS_SAID = "{said}"  # a particular that is called as the shopper calls it

_GIVING = (
    r"(?:shar|giv|gave|sell|sold|send|sent|pass|show|shown|disclos|hand|tell|told|forward|provid"
    r"|transfer|report|leak|expos|reveal|rent|trad|releas|ship|deliver|suppl|visible|available"
    r"|access|go|goes|going|get|gets|offer|submit)\w*"
)
_SEEING = (
    r"(?:see|sees|get|gets|got|have|has|read|reads|access|accesses|know|knows|buy|buys|bought|find|view|views"
    r"|receive|receives|obtain|learn|look|track|use|uses|request|ask|be able|find out|notified)"
)
_BETWEEN = r"(?:(?:the|a|an|any|some|my|our|other|your|his|her|their|that|these|those|all|both|either|big|certain)\s+){0,3}"
_END = r"(?=$|[?.!,;:]|\s+(?:and|or|for|so|if|when|without|because|about|to|who|that|as|in|on|at|from)\b)"
_STOWING = (
    r"(?:sent|send|stor\w+|kept|keep|sav\w+|held|hold|host\w*|transfer\w*|process\w*|locat\w+"
    r"|mov\w+|backed|go|goes|going|put|shar\w+|leav\w+|export\w*|sit|sits|liv\w+|end up|wind up|servers?)"
)
# Recipients and places of which every policy speaks, or which are no particular of their own.
_COMMON = re.compile(
    r"^(?:any|every|no|some)?(?:one|body)(?: else)?$"
    r"|\b(?:others?|third[- ]?part(?:y|ies)|3rd[- ]?part(?:y|ies)|compan(?:y|ies)|partners?|people|person|business(?:es)?|firms?|affiliates?"
    r"|subsidiar\w+|providers?|services?|advertis\w+|marketers?|ad|ads|networks?|sites?|websites?|staff|employees?|workers?|team|support"
    r"|agents?|contractors?|stores?|shops?|owners?|buyers?|group|parties|organi[sz]ations?|entit\w+|outsiders?|outside|us|you|me|it|them|him|her|this|that"
    r"|mine|yours|stuff|data|info\w*|details|address|e-?mails?|numbers?|phone|card|cards|orders?|purchases?|money|profit|cash|marketing|ads|credit"
    r"|databases?|systems?|servers?|files?|records?|computers?|drives?|accounts?|here|there|transit|ways?|house|possession|end|side|hands|long"
    r"|time|total|full|general|detail|secret|writing|person|case|order|use|work|first|last|all|once|whom|which|what|does|do|purposes?|reasons?"
    r"|rest|encryption|plain|text|safely|securely|cookies?|lists?|mailing|newsletter|profile|browser|checkout|trouble|touch|couriers?|carriers?|shippers?|delivery|payments?|processors?|chat)\b",
    re.IGNORECASE,
)
_AFTER_GIVING = re.compile(
    rf"\b{_GIVING}\b(?:\s+\S+){{0,7}}?\s+(?:with|to)\s+(?P<one>{_BETWEEN}[\w'&.-]+(?:\s+[\w'&-]+){{0,2}}?){_END}",
    re.IGNORECASE,
)
_AFTER_STOWING = re.compile(
    rf"\b{_STOWING}\b(?:\s+\S+){{0,4}}?\s+(?:in|on|at|to|into|within|outside|with)\s+(?P<one>{_BETWEEN}[\w'&.-]+(?:\s+[\w'&-]+){{0,2}}?){_END}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Particular:
    """Something that a question names; ``policy`` are other words by which a policy names it."""

    group: str
    say: str
    words: re.Pattern[str]
    policy: re.Pattern[str] | None


@dataclass(frozen=True)
class Group:
    """Particulars of one sort, the topics in which they count, and how an answer begins."""

    name: str
    topics: frozenset[str]
    lead: str
    such: str
    members: tuple[Particular, ...]


@dataclass(frozen=True)
class Found:
    """A particular of a question: ``said`` are the shopper's words for it."""

    group: str
    say: str
    said: str
    policy: re.Pattern[str] | None = None
    is_unlisted: bool = False  # it has the form of one, and is on no list

    def stands_in(self, clause: Clause) -> bool:
        """Return whether a clause names it, in the shopper's words or in its own."""
        text = clause.plain
        own = re.search(rf"\b{re.escape(self.said)}\b", text, re.IGNORECASE)
        return bool(own or (self.policy and self.policy.search(text)))


def particulars_of(text: str, topic: str) -> list[Found]:
    """Return the particulars of a question about a topic, each group's at most once."""
    found = [
        one for group in load_groups() if topic in group.topics and (one := _of_group(group, text))
    ]
    # "Sent to China" has the form of a recipient, too.
    return [one for one in found if not (one.is_unlisted and _is_in(one, found))]


def beginning(found: Sequence[Found]) -> str:
    """Return how an answer begins if the policy names none of these: "… does not name …"."""
    groups = {group.name: group for group in load_groups()}
    leads: dict[str, list[str]] = {}
    for one in found:
        leads.setdefault(groups[one.group].lead, []).append(one.say)
    return " ".join(
        lead.replace("{it}", " or ".join(dict.fromkeys(says))) for lead, says in leads.items()
    )


def unnamed(
    found: Iterable[Found], clauses: Sequence[str], policy: Policy
) -> tuple[list[Found], list[tuple[Found, Clause]]]:
    """Return the particulars that the policy names nowhere, and those that it names elsewhere."""
    nowhere, elsewhere = [], []
    cited = [policy.by_id[name] for name in clauses if name in policy.by_id]
    for one in found:
        if any(one.stands_in(clause) for clause in cited):
            continue
        place = next((clause for clause in policy.clauses() if one.stands_in(clause)), None)
        if place is None:
            nowhere.append(one)
        else:
            elsewhere.append((one, place))
    return nowhere, elsewhere


def _is_in(one: Found, found: Sequence[Found]) -> bool:
    return any(
        other is not one and not other.is_unlisted and other.said.lower() in one.said.lower()
        for other in found
    )


def _of_group(group: Group, text: str) -> Found | None:
    for member in group.members:
        if match := member.words.search(text):
            said = next(filter(None, match.groupdict().values()), match[0])
            say = said.strip().title() if member.say == _AS_SAID else member.say
            return Found(group.name, say, said.strip(), member.policy)
    return _unlisted(group, text) if group.such else None


def _unlisted(group: Group, text: str) -> Found | None:
    """Return what has the form of a recipient or a place, and is on no list."""
    form = {RECIPIENT: _AFTER_GIVING, PLACE: _AFTER_STOWING}.get(group.name)
    if form is None:
        return None
    for match in form.finditer(text):
        one = match["one"].strip()
        bare = re.sub(rf"^{_BETWEEN}", "", one, flags=re.IGNORECASE)
        if not bare or _COMMON.search(bare) or not re.search(r"[a-z]{3}", bare, re.IGNORECASE):
            continue
        return Found(group.name, group.such, bare, is_unlisted=True)
    return None


@cache
def load_groups() -> tuple[Group, ...]:
    """Return the groups of particulars, with their members in the order of the file."""
    groups = []
    for name, entry in read_yaml(FILE).items():
        members = tuple(_member(str(name), one) for one in entry["names"])
        if name == PLACE:
            members = (*members, _countries())
        topics = frozenset(entry["topics"])
        groups.append(Group(str(name), topics, entry["lead"], entry["such"], members))
    return tuple(groups)


def _member(group: str, entry: dict[str, object]) -> Particular:
    words, policy = entry["words"], entry.get("policy") or ()
    assert isinstance(words, list)
    own = "|".join(map(str, words))
    known = "|".join(re.escape(str(word)) for word in policy) if isinstance(policy, list) else ""
    return Particular(
        group,
        str(entry["say"]),
        _placed(group, own),
        re.compile(rf"\b(?:{known})", re.IGNORECASE) if known else None,
    )


def _countries() -> Particular:
    names = "|".join(sorted(map(re.escape, countries()), key=len, reverse=True))
    return Particular(
        PLACE, _AS_SAID, _placed(PLACE, names), re.compile(r"\bcountr", re.IGNORECASE)
    )


def _placed(group: str, words: str) -> re.Pattern[str]:
    """Return a pattern for words where they are a particular: "with X", "can X see"."""
    one = rf"(?P<one>{words})"
    if group == RECIPIENT:
        two, three, four, five = (
            f"(?P<{name}>{words})" for name in ("two", "three", "four", "five")
        )
        aux = r"(?:can|could|will|would|does|do|did|is|are|may|might|should|has|have|let|letting|allow|allows|if|that|who|so)"
        form = (
            rf"\b(?:with|to|by|for|from|via)\s+{_BETWEEN}{one}\b"
            rf"|\b{aux}\s+{_BETWEEN}{two}\s+(?:(?:ever|also|just|to|be|able|able to|allowed to|going to|easily|really)\s+)*{_SEEING}\b"
            rf"|\b(?:tell|told|inform|show|give|sell|send|notify|pay|alert|contact)\s+{_BETWEEN}{three}\b"
            # "TikTok gets my address", "a parent company or sister companies get everything"
            rf"|\b{four}\s+(?:or [\w ]{{1,20}}\s+)?(?:already |actually |also |then )?(?:gets?|sees?|has|have|knows?|receives?|ends? up with)\b"
            # "You recommend electricians. Do they have my address?"
            rf"|\b{five}\b[^?]{{0,60}}\b(?:they|he|she)\s+(?:already |ever )?{_SEEING}\b"
        )
        return re.compile(form, re.IGNORECASE)
    if group == PLACE:
        form = rf"\b(?:in|on|to|into|at|within|through|from|outside|using|with|via|leave|leaves?)\s+(?:(?:the|a|an|any|some|your|of)\s+)*{one}\b|\b(?P<two>overseas|abroad|offshore)\b"
        return re.compile(form, re.IGNORECASE)
    return re.compile(rf"\b{one}(?![\w-])", re.IGNORECASE)
