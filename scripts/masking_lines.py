"""Writer of invented messages with personal data, for ``benchmarks/masking.py``.

    .venv/bin/python scripts/masking_lines.py

It writes tests/privacy/masking/generated.jsonl: the values come from Faker and from the example
numbers of ``phonenumbers``, the sentences around them from here. The same seed gives the same file.
"""

import json
import random
import string
from collections.abc import Callable, Iterator

import phonenumbers
from faker import Faker

from bot.paths import ROOT

TO = ROOT / "tests" / "privacy" / "masking" / "generated.jsonl"
_SEED = 20261128
_PLAIN = ("{}", "{} ok?", "hi {}", "{} is mine. is it safe with you", "remove {} pls", "i gave {}")
_SENTENCES: dict[str, tuple[str, ...]] = {
    "email": (
        *_PLAIN,
        "please take {} off your list",
        "my mail {}, stop it",
        "are you selling {}?",
        "I signed up with {} last year and now I get 3 mails a day",
        "Kindly unsubscribe {}. Thank you",
        "delete everything about {}!!",
        "it is {} i think",
    ),
    "phone": (
        *_PLAIN,
        "call me at {}",
        "who has my phone number {} now?",
        "stop texting {}",
        "cell {}",
        "My number: {}. Do not share it",
        "somebody from your store rang {} yesterday, why",
        "i want {} gone from your system",
    ),
    "phone_national": (
        "call me at {}",
        "my phone is {}",
        "my mobile number is {} please delete it",
        "text {} when it is done",
        "Tel. {}",
        "you can reach me on {} tomorrow",
        "whatsapp {}",
    ),
    "card": (
        *_PLAIN,
        "my visa {} was charged twice",
        "card {} exp 09/29",
        "do you keep {} after I order",
        "I typed {} at the checkout is that ok",
        "credit card number: {}",
    ),
    "ssn": (
        "my ssn is {}",
        "ssn {} why do you need it",
        "Social security number: {}",
        "{} is my social security number",
        "my itin {} leaked?",
        "you asked for my social, it's {}",
    ),
    "iban": (*_PLAIN, "refund to {}", "my bank {} please", "IBAN: {}"),
    "ip": (
        "is my ip {} stored",
        "{} that is me, do you log it?",
        "you saw me from {} yesterday",
        "my address on the net is {}",
    ),
    "address": (
        "i live at {}",
        "My address is {}. Delete it",
        "you sent a catalog to {}",
        "ship it to {} please",
        "{}",
        "do you have {} on file?",
        "We moved from {} in May",
        "who sees my address? {}",
        "bill goes to {}, thanks",
    ),
    "name": (
        "my name is {}",
        "hello, my name is {} and i want out",
        "This is {}, do you have data on me?",
        "Hi, I'm {}. What do you know about me",
        "i am {} and I bought a lamp",
        "name: {}",
        "Thanks, {}",
        "account holder {}",
        "{} here, who sees my order?",
        "please delete the account of my wife {}",
        "the account is under the name {}",
    ),
    "birth_date": (
        "born on {}",
        "I was born {}",
        "my date of birth is {}",
        "dob {}",
        "DOB: {} do you keep it",
        "my birthday is {}, do you know that",
    ),
    "passport": (
        "my passport number is {}",
        "passport {}",
        "Passport no. {} - stored?",
        "i sent you my passport {}",
    ),
    "licence": (
        "my driver's license is {}",
        "drivers licence number {}",
        "driver license: {}",
        "DL# {}",
        "license no {} you took a copy",
    ),
    "password": (
        "my password is {}",
        "pw: {}",
        "Password {} does not work",
        "is my password {} safe?",
        "i use the password {} for your site",
        "passwd={}",
        "login with pass {}",
    ),
    "cvv": (
        "cvv {}",
        "the security code is {}",
        "cvc: {}",
        "my cvv2 is {} do you keep it",
        "code on the back {}",
    ),
    "pin": ("my pin is {}", "PIN: {}", "pin code {}", "the pin of my card is {}"),
    "order_number": (
        "my order number is {}",
        "order #{} is late",
        "where is order {}",
        "Order no. {} - who saw it",
        "confirmation number {}",
        "{} is my order number",
        "about my order ({})",
        "purchase order {}",
    ),
    "customer_number": (
        "my customer number is {}",
        "account number {}",
        "acct {} please close",
        "member id {}",
        "loyalty number: {}",
        "customer id {} delete it",
        "rewards # {}",
    ),
    "tracking_number": (
        "tracking number {}",
        "my tracking # is {}",
        "ups {}",
        "fedex tracking {} says lost",
        "track package {}",
    ),
}
_ALIKE = (
    "is the {n3}W version {v} any good",
    "do you have lamp {sku} in stock",
    "item {sku} please",
    "SKU {sku2}",
    "model number {n7}",
    "it was ${n4}.99 and now ${n3}",
    "need a shade {n2} x {n2} inches",
    "{n2} inch by {n2} inch mirror",
    "I got {n2} emails in {n1} months",
    "{n1} months down the road",
    "do you deliver to {zip}?",
    "zip code {zip}",
    "since {year}",
    "between {n1} and 5 pm",
    "open {n1}:30-17:00 on 12/24?",
    "saw it at {site}",
    "the ad at {site} follows me",
    "IMEI {imei}",
    "{n4} lumens {n2}00K {n2}W",
    "chandelier with {n1} lights {n3}cm",
    "under section 1798.{n3} of the CCPA",
    "15 U.S.C. {n4}",
    "GDPR article {n2}",
    "what about {n2}% off",
    "order of {n2} lamps",
    "upc {upc}",
    "windows {n2} and chrome {v}",
    "you have {n5} reviews",
    "{n3},{n3} customers can't be wrong",
    "this is {adj}",
    "I'm {adj} with your emails",
    "my name is on {n2} lists",
    "born in the usa",
    "my account is {adj}",
    "the {street} pendant in {n2} in",
    "page {n2}, section {n1}",
    "call 1-877-723-5522?",
    "apartment with {n1} lights",
    "my password is {bad}",
    "is my order number kept",
    "i'm {ing} about a lamp",
    "who is {ing}",
    "follow @lightshop",
    "part no. {sku}",
    "HB-{n4} finish bronze",
    "{n2} bulbs way too bright",
    "a {n2} watt court light",
    "{n1} way switch on the road",
    "{n1} day return drive me mad",
)
_ADJECTIVES = """
        ridiculous unacceptable annoying great fine late strange unhappy done angry
    """.split()
_SITES = [
    "youtube.com",
    "facebook.com",
    "amazon.com",
    "wayfair.com",
    "nytimes.com",
    "cnn.com",
    "lowes.com",
]


def main() -> None:
    """Write the file."""
    write = _Writer()
    lines = [line for make in write.makers() for line in make()]
    TO.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    print(f"{len(lines)} lines in {TO.relative_to(ROOT)}")


class _Writer:
    def __init__(self) -> None:
        self._chance = random.Random(_SEED)
        Faker.seed(_SEED)
        self._fake = Faker("en_US")

    def makers(self) -> list[Callable[[], Iterator[dict]]]:
        fake, chance = self._fake, self._chance
        many: list[tuple[str, str, int, Callable[[], str]]] = [
            ("email", "core", 200, self._email),
            ("phone", "core", 250, self._phone),
            ("card", "core", 250, self._card),
            ("ssn", "core", 120, self._ssn),
            ("iban", "core", 40, self._iban),
            ("ip", "core", 50, lambda: chance.choice((fake.ipv4, fake.ipv6))()),
            ("address", "core", 200, self._address),
            ("name", "cued", 120, self._name),
            ("birth_date", "cued", 60, self._birth_date),
            ("passport", "cued", 30, lambda: chance.choice(("{}", "C{}"))[:].format(self._n(8))),
            ("licence", "cued", 40, self._licence),
            ("password", "cued", 50, self._password),
            ("cvv", "cued", 25, lambda: self._n(chance.choice((3, 3, 4)))),
            ("pin", "cued", 25, lambda: self._n(chance.choice((4, 4, 6)))),
            ("order_number", "cued", 80, self._order),
            ("customer_number", "cued", 60, lambda: self._n(chance.randint(5, 10))),
            ("tracking_number", "cued", 40, self._tracking),
        ]
        return [
            *(lambda m=m: self._lines(*m) for m in many),  # type: ignore[misc]
            self._national,
            self._split,
            self._alike,
        ]

    def _lines(self, kind: str, scope: str, count: int, value: Callable[[], str]) -> Iterator[dict]:
        for _ in range(count):
            made, sentence = value(), self._chance.choice(_SENTENCES[kind])
            text = sentence.format(made)
            if self._chance.random() < 0.15:
                text = text.replace(made, "\0").upper().replace("\0", made)
            yield {"kind": kind, "scope": scope, "messages": [text], "values": [made]}

    def _national(self) -> Iterator[dict]:
        for region in """
        GB DE FR AU IN MX BR JP CN NL SE CH AT IT ES PL NZ IE BE DK
    """.split():
            for number_type in (0, 1):
                number = phonenumbers.example_number_for_type(region, number_type)
                for form in (2, 1):  # national, international
                    made = phonenumbers.format_number(number, form)
                    sentence = self._chance.choice(_SENTENCES["phone_national"])
                    yield {
                        "kind": "phone",
                        "scope": "core",
                        "messages": [sentence.format(made)],
                        "values": [made],
                    }

    def _split(self) -> Iterator[dict]:
        for _ in range(60):
            digits = "".join(character for character in self._card() if character.isdigit())
            at = self._chance.choice((4, 8, 12))
            first, second = digits[:at], digits[at:]
            yield {
                "kind": "card",
                "scope": "core",
                "messages": [f"my card is {first}", second],
                "values": [first, second],
            }
        for _ in range(40):
            number = self._n(7)
            cue, kind = self._chance.choice(
                (("my order number is", "order_number"), ("my account number:", "customer_number"))
            )
            yield {"kind": kind, "scope": "cued", "messages": [cue, number], "values": [number]}

    def _alike(self) -> Iterator[dict]:
        for number in range(350):
            text = _ALIKE[number % len(_ALIKE)].format(
                **{f"n{size}": self._n(size) for size in range(1, 8)},
                v=f"{self._n(2)}.{self._n(1)}.{self._n(2)}",
                sku=f"{self._n(5)}-{self._n(2)}",
                sku2=f"{self._letters(2)}-{self._n(6)}",
                zip=self._fake.postcode(),
                year=self._chance.randint(1990, 2026),
                site=self._chance.choice(_SITES),
                imei="35" + self._n(13),
                upc="0" + self._n(11),
                adj=self._chance.choice(_ADJECTIVES),
                street=self._chance.choice(("Elm Street", "Park Avenue", "Bourbon Street")),
                bad=self._chance.choice(("not working", "wrong", "lost", "safe with you?")),
                ing=self._chance.choice(("calling", "asking", "writing")),
            )
            yield {"kind": "none", "scope": "lookalike", "messages": [text], "values": []}

    def _n(self, count: int) -> str:
        first = self._chance.choice("123456789")
        return first + "".join(self._chance.choices(string.digits, k=count - 1))

    def _letters(self, count: int) -> str:
        return "".join(self._chance.choices(string.ascii_uppercase, k=count))

    def _email(self) -> str:
        address = self._fake.email() if self._chance.random() < 0.5 else self._fake.free_email()
        name, _, domain = address.partition("@")
        first, _, last = domain.rpartition(".")
        return self._chance.choice(
            (
                address,
                address,
                address.upper(),
                f"{name}+shop@{domain}",
                f"{name} at {first} dot {last}",
                f"{name}(at){domain}",
                f"{name} [at] {first} [dot] {last}",
                f"{name} @ {domain}",
                f"{name}@{first},{last}",
                f"{name}@{first} .{last}",
                f"<{address}>",
                f"{name}@münchen-{first}.de",
            )
        )

    def _phone(self) -> str:
        chance = self._chance
        region = chance.choice(("US", "CA"))
        area = chance.choice(("612", "416", "212", "303", "604", "919"))
        a, b = str(chance.randint(200, 999)), self._n(4)
        if chance.random() < 0.15:
            any_region = chance.choice(sorted(phonenumbers.SUPPORTED_REGIONS - {region}))
            number = phonenumbers.example_number_for_type(any_region, 1)
            if number:
                return str(phonenumbers.format_number(number, chance.choice((0, 1))))
        form = chance.choice(
            [
                "{0}{1}{2}",
                "({0}) {1}-{2}",
                "({0}){1}-{2}",
                "{0}-{1}-{2}",
                "{0}.{1}.{2}",
                "{0} {1} {2}",
                "+1{0}{1}{2}",
                "+1 {0} {1} {2}",
                "1-{0}-{1}-{2}",
                "{0}/{1}-{2}",
                "{0} {1}{2}",
                "+1 ({0}) {1}-{2}",
                "{0}-{1}{2}",
                "{0}–{1}–{2}",
                "{0} - {1} - {2}",
                "{0}_{1}_{2}",
                "{0}-{1}-{2} x12",
                "{0} {1} {2} ext. 7",
            ]
        )
        return form.format(area, a, b)

    def _card(self) -> str:
        chance = self._chance
        number = self._fake.credit_card_number()
        if chance.random() < 0.15:
            at = chance.randrange(6, len(number))
            number = number[:at] + str((int(number[at]) + 3) % 10) + number[at + 1 :]
        elif chance.random() < 0.1 and len(number) == 16 and number[0] in "45":
            number = number[:-1]
        glue = chance.choice(("", "", " ", "-", ".", "  ", " - ", "\u00a0", "\u2013", "/", "_"))
        sizes = (4, 6, 5) if len(number) == 15 and number[:2] in ("34", "37") else (4,) * 5
        parts, place = [], 0
        for size in sizes:
            parts.append(number[place : place + size])
            place += size
        return glue.join(filter(None, parts))

    def _ssn(self) -> str:
        number = self._fake.ssn() if self._chance.random() < 0.8 else self._fake.itin()
        return number.replace(
            "-", self._chance.choice("-- ._/") if self._chance.random() < 0.8 else ""
        )

    def _iban(self) -> str:
        number = Faker(self._chance.choice(("de_DE", "en_GB", "fr_FR", "it_IT", "nl_NL"))).iban()
        if self._chance.random() < 0.5:
            return " ".join(number[i : i + 4] for i in range(0, len(number), 4))
        return number.lower() if self._chance.random() < 0.2 else number

    def _address(self) -> str:
        fake, chance = self._fake, self._chance
        street = fake.street_address()
        city = f"{fake.city()}, {fake.state_abbr(include_freely_associated_states=False)} {fake.zipcode()}"
        made = chance.choice(
            (
                street,
                f"{street}, {city}",
                f"{street}\n{city}",
                f"{street} {city}".replace(",", ""),
                f"{fake.building_number()} {fake.last_name()} {chance.choice(('St', 'Ave', 'Rd', 'Ln', 'Blvd', 'Dr', 'Ct'))}",
                f"PO Box {self._n(4)}, {city}",
                f"{fake.building_number()} {chance.choice('NSEW')} {chance.randint(3, 99)}th St",
                city,
            )
        )
        return made.lower() if chance.random() < 0.25 else made

    def _name(self) -> str:
        fake = self._fake
        made = f"{fake.first_name()} {fake.last_name()}"
        return made.lower() if self._chance.random() < 0.2 else made

    def _birth_date(self) -> str:
        born = self._fake.date_of_birth(minimum_age=18, maximum_age=90)
        form = self._chance.choice(
            ("%m/%d/%Y", "%Y-%m-%d", "%d.%m.%Y", "%B %d, %Y", "%d %b %Y", "%m-%d-%y", "%m/%d/%y")
        )
        return born.strftime(form)

    def _licence(self) -> str:
        form = self._chance.choice(("A#######", "#########", "A###-####-####", "AA######"))
        return "".join(
            self._letters(1) if c == "A" else self._n(1) if c == "#" else c for c in form
        )

    def _password(self) -> str:
        letters = self._fake.password(length=self._chance.randint(8, 12))
        return self._chance.choice((letters, f"{self._fake.last_name()}{self._n(2)}!", "qwerty12"))

    def _order(self) -> str:
        return self._chance.choice(
            (self._n(7), self._n(9), f"A{self._n(7)}", f"BC-{self._n(6)}", self._n(6))
        )

    def _tracking(self) -> str:
        return self._chance.choice(
            (f"1Z999AA1{self._n(10)}", self._n(12), "94" + self._n(20), self._n(15))
        )


if __name__ == "__main__":
    main()
