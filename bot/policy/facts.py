"""Facts of the policy: phone numbers, addresses and hours, parsed so that they are written once."""

import re
from dataclasses import dataclass
from functools import cache

from bot.policy.document import Policy, PolicyError, load
from bot.policy.hours import WeeklyHours, parse_hours


@dataclass(frozen=True)
class Fact:
    """A fact in words, with the clauses that it comes from."""

    text: str
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Facts by the name of their placeholder (``{support_phone}``), the hours, and the own sites.

    ``sites`` are domains: no e-mail address there is a shopper's.
    """

    by_name: dict[str, Fact]
    sites: frozenset[str]
    support_hours: WeeklyHours
    phone_order_hours: WeeklyHours


def parse_facts(policy: Policy) -> Facts:
    """Parse the facts out of a policy.

    Raises PolicyError with the id of the clause in which a fact was not found.
    """
    phone = _find(policy, "contact_us.4", r"Call: ([\d-]+)")
    address = _find(policy, "contact_us.5", r"Mail: (.+)")
    order_phone = _find(policy, "encryption.11", r"just call ([\d-]+)")
    sites = _find(policy, "commitment_to_privacy.4", r"websites: (.+)").lower()
    support = _hours(policy, "customer_support_hours.2", "customer_support_hours.3")
    order = _hours(policy, "encryption.11")
    archived = f"{policy.archived:%B} {policy.archived.day}, {policy.archived.year}"
    return Facts(
        by_name={
            "support_phone": Fact(phone, ("contact_us.4",)),
            "mail_address": Fact(re.sub(r"\s*\n\s*", ", ", address), ("contact_us.5",)),
            "order_phone": Fact(order_phone, ("encryption.11",)),
            "support_hours": Fact(
                support.in_words(), ("customer_support_hours.2", "customer_support_hours.3")
            ),
            "phone_order_hours": Fact(order.in_words(), ("encryption.11",)),
            "archived": Fact(archived, ()),
        },
        sites=frozenset(re.findall(r"(?:www\.)?([\w-]+\.\w+)", sites)),
        support_hours=support,
        phone_order_hours=order,
    )


def _find(policy: Policy, clause_id: str, pattern: str) -> str:
    found = re.search(pattern, policy.clause(clause_id).text, re.DOTALL)
    if found is None:
        raise PolicyError(
            f"Clause {clause_id} should contain {pattern!r}: "
            "the policy's wording has changed; adapt bot/policy/facts.py."
        )
    return found[1].strip()


def _hours(policy: Policy, *clause_ids: str) -> WeeklyHours:
    try:
        return parse_hours(*(policy.clause(clause_id).text for clause_id in clause_ids))
    except ValueError as error:
        raise PolicyError(f"Clauses {', '.join(clause_ids)}: {error}") from error


@cache
def facts() -> Facts:
    """Return the facts of the policy that the bot answers from, parsed once per process."""
    return parse_facts(load())
