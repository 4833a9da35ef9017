"""Kinds of personal data: what each is called, and whether its value is kept at all."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of personal data; a placeholder begins with its name.

    ``never_type`` is how the shopper is warned of it: it is never stored, not even encrypted.
    """

    said: str  # as the shopper would say it: "do you keep my email address"
    never_type: str = ""


KINDS = {
    "email": Kind("my email address"),
    "phone": Kind("my phone number"),
    "address": Kind("my address"),
    "ip": Kind("my ip address"),
    "name": Kind("my name"),
    "birth_date": Kind("my date of birth"),
    "order_number": Kind("my order"),
    "customer_number": Kind("my customer number"),
    "tracking_number": Kind("my package"),
    "username": Kind("my user name"),
    "answer": Kind("what I typed"),  # to the bot's question, and of no other kind
    "card": Kind("my card", "a card number"),
    "cvv": Kind("my card", "the security code of a card"),
    "pin": Kind("my pin", "a PIN"),
    "password": Kind("my password", "a password"),
    "ssn": Kind("my social security number", "a social security number"),
    "iban": Kind("my bank account", "a bank account number"),
    "bank_account": Kind("my bank account", "a bank account number"),
    "passport": Kind("my passport", "a passport number"),
    "licence": Kind("my license", "the number of a licence"),
    "id_number": Kind("my id number", "the number of an identity document"),
}
NEVER_TYPE = {name: kind.never_type for name, kind in KINDS.items() if kind.never_type}
