"""Facts that a policy states about its store, proposed for ``store.yml``."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bot.adoption.proposals import Proposal
from bot.policy.document import Policy

_PHONE = re.compile(
    r"(?<![\w-])(?:\+?\d{1,3}[ .-]?)?(?:\(\d{2,5}\)|\d{2,5})[ .-]\d{3,4}[ .-]?\d{3,4}(?!\w)"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+\w")
_POST_CODE = re.compile(
    r"\b[A-Z]{2} \d{5}\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|\b\d{5}(?:-\d{4})?\b"
)
_COMPANY = re.compile(
    r"\b([A-Z][\w&'’.-]*(?: (?:[A-Z][\w&'’.-]*|of|and|&|the)){0,4}),? "
    r"(?:Inc\.?|LLC|L\.L\.C\.|Ltd\.?|Limited|Corp\.?|Corporation|GmbH|plc)\b"
)
_IN_UK = re.compile(
    r"\bUK GDPR\b|Information Commissioner|Data Protection Act"
    r"|United Kingdom\b.{0,40}\b(?:law|resid)"
)
_IN_US = re.compile(r"\bCalifornia\b|\bCCPA\b|\bCOPPA\b|\bU\.S\.|United States|, [A-Z]{2} \d{5}")
_IN_EU = re.compile(r"\bGDPR\b|General Data Protection Regulation|supervisory authority")


def propose_store(name: str, policy: Policy, proposals: Sequence[Proposal]) -> dict[str, Any]:
    """Return the content of a new ``store.yml``; each fact has the clause that it stands in."""
    text = "\n".join(clause.plain for clause in policy.clauses())
    own = _own_domain(text)
    by_frame = {proposal.frame: proposal for proposal in proposals}
    facts: dict[str, Any] = {}
    if phone := _first(by_frame["contact.phone"], _PHONE, policy):
        facts["support_phone"] = phone
    email = re.compile(rf"[\w.+-]+@(?:[\w-]+\.)*{re.escape(own)}\b", re.IGNORECASE)
    if own and (address := _first(by_frame["contact.channels"], email, policy)):
        facts["privacy_email"] = address
    if post := _address(by_frame["contact.post"], policy):
        facts["mail_address"] = post
    companies = [match[1] for match in _COMPANY.finditer(text)]
    company = max(companies, key=text.count, default="")
    return {
        "name": company or name.replace("-", " ").title(),
        "aliases": [],
        "sites": [own] if own else [],
        "jurisdiction": _jurisdiction(text),
        "languages": ["en"],
        "facts": facts,
    }


def _first(
    proposal: Proposal, pattern: re.Pattern[str], policy: Policy
) -> Mapping[str, Any] | None:
    for candidate in proposal.candidates if proposal.said else ():
        for passage in candidate.passages:
            found = pattern.search(passage.plain)
            clauses = policy.clauses_of(passage.text, passage.headings)
            if found and clauses:
                return {"value": found.group().strip(), "clause": clauses[0]}
    return None


def _address(proposal: Proposal, policy: Policy) -> Mapping[str, Any] | None:
    """Return the lines of the best passage that has a post code, joined by commas."""
    for candidate in proposal.candidates if proposal.said else ():
        lines = [
            passage
            for passage in candidate.in_order
            if not _PHONE.search(passage.plain) and re.search("[a-z]{2}", passage.plain)
        ]
        if len(lines) > 1 and any(_POST_CODE.search(passage.plain) for passage in lines):
            clauses = [policy.clauses_of(passage.text, passage.headings) for passage in lines]
            value = ", ".join(passage.plain.strip(" ,") for passage in lines)
            ids = list(dict.fromkeys(name for found in clauses for name in found))
            return {"value": value, "clause": ids[0] if len(ids) == 1 else ids}
    return None


def _own_domain(text: str) -> str:
    """Return the domain of the e-mail addresses whose name the policy says most often."""
    domains = Counter(match.group().rpartition("@")[2].lower() for match in _EMAIL.finditer(text))
    letters = re.sub("[^a-z0-9]", "", text.lower())

    def named(domain: str) -> int:
        return letters.count(re.sub("[^a-z0-9]", "", domain.rpartition(".")[0]))

    return max(domains, key=lambda domain: (named(domain), domains[domain]), default="")


def _jurisdiction(text: str) -> str:
    if _IN_UK.search(text):
        return "uk"
    return "eu" if _IN_EU.search(text) and not _IN_US.search(text) else "us"
