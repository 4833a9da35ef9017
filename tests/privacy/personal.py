"""Generator of invented shoppers, and of messages with their personal data."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum import luhn

_STREETS = [
    "Maple Grove",
    "Larkspur",
    "Birchwood",
    "Old Mill",
    "Sycamore",
    "Hawthorne",
    "Quarry Hill",
]
_KINDS = ["Street", "Ave", "Lane", "Rd"]
_CITIES = ["Eagan, MN 55122", "Austin, TX 78704", "Portland, OR 97209", "Tampa, FL 33602"]
_QUESTIONS = [
    "do you sell my data?",
    "what is a cookie",
    "who gets it?",
    "are you open on sunday",
    "please stop emailing me",
    "is it safe to pay here?",
    "delete what you have on me",
    "i want to talk to a person",
    "what",
]
_TEMPLATES = {
    "email": [
        "my mail is {}, {q}",
        "{q} ({})",
        "unsubscribe {}",
        "{}",
        "write to {} please. {q}",
        "is it {}? or what do you have",
    ],
    "phone": [
        "call me at {}",
        "my number is {}. {q}",
        "{q} my cell: {}",
        "do you have {} on file",
        "text {} when done",
    ],
    "card": [
        "my card is {}, {q}",
        "{}",
        "i paid with {} and now {q}",
        "card number {} exp 04/29. {q}",
    ],
    "ssn": ["my ssn is {}. {q}", "social security number {}", "{q} ssn {}"],
    "ip": ["my ip is {}, {q}", "did you log {} from me?"],
    "address": ["i live at {}. {q}", "send it to {}", "{q} i am at {}"],
    "order_number": ["order number {}, {q}", "my order #{} is late. {q}"],
    "iban": ["my iban is {}, {q}"],
}


@dataclass(frozen=True)
class Person:
    """An invented shopper; each value is distinctive and occurs nowhere else."""

    values: dict[str, str]


def person(number: int, chance: random.Random) -> Person:
    """Return an invented person; the number makes the values distinct."""
    name = f"{chance.choice('bcdfgklmnprst')}{chance.choice('aeiou')}zq{number}x"
    card = "4" + f"{number:06d}" + "".join(str(chance.randrange(10)) for _ in range(8))
    card += luhn.calc_check_digit(card)
    phone = f"{chance.choice([212, 612, 763, 415])}-555-{chance.randrange(10_000):04d}"
    city = chance.choice(_CITIES)
    values = {
        "email": f"{name}@{chance.choice(['example.com', 'mail.example.org', 'example.net'])}",
        "phone": chance.choice(
            [
                phone,
                f"({phone[:3]}) {phone[4:]}",
                phone.replace("-", "."),
                f"+1 {phone.replace('-', ' ')}",
            ]
        ),
        "card": chance.choice(["", " ", "-"]).join(card[i : i + 4] for i in range(0, 16, 4)),
        "ssn": f"{chance.randrange(101, 665)}-{chance.randrange(10, 99)}"
        f"-{chance.randrange(1000, 9999)}",
        "ip": f"203.0.{chance.randrange(2, 255)}.{chance.randrange(2, 255)}",
        "address": f"{chance.randrange(1000, 9999)} {chance.choice(_STREETS)} "
        f"{chance.choice(_KINDS)}, {city}",
        "order_number": f"{chance.choice('ABCDEFGH')}{chance.randrange(10**7, 10**8)}",
        "iban": "DE89 3704 0044 0532 0130 00",
    }
    return Person(values)


def messages(somebody: Person, chance: random.Random, count: int) -> Iterator[str]:
    """Yield messages with a person's data; a card number sometimes comes in two messages."""
    for _ in range(count):
        kind = chance.choice(list(_TEMPLATES))
        value = somebody.values[kind]
        if kind == "card" and chance.random() < 0.3:
            first, second = halves(somebody)
            yield f"it is {first}"
            yield second
            continue
        template = chance.choice(_TEMPLATES[kind])
        yield template.replace("{q}", chance.choice(_QUESTIONS)).replace("{}", value)


def halves(somebody: Person) -> tuple[str, str]:
    """Return the two halves of a person's card number."""
    digits = somebody.values["card"].replace(" ", "").replace("-", "")
    return digits[:8], digits[8:]


def traces(somebody: Person) -> list[bytes]:
    """Return the byte strings that would betray a person: values as typed, and bare digits.

    The part of the e-mail address before the @ is among them.
    """
    values = somebody.values
    bare = [values[kind].replace(" ", "").replace("-", "") for kind in ("card", "ssn")]
    return [value.encode() for value in (*values.values(), values["email"].split("@")[0], *bare)]


def stands_in(content: bytes, trace: bytes) -> bool:
    """Return whether a trace occurs in some content.

    A number counts only if no digit or point is next to it: nine digits alone occur by chance among
    the decimals of a hundred thousand probabilities.
    """
    if trace not in content:
        return False
    return not trace.isdigit() or bool(re.search(rb"(?<![\d.])" + trace + rb"(?!\d)", content))
