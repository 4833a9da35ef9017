"""Fixtures of adoption: an invented store with a small policy of its own."""

from pathlib import Path

import pytest

from bot.adoption.importing import Adopted, adopt

LAMPS = """\
# Privacy at Lamp & Leaf

This policy covers the website and the shops of Lamp & Leaf, Inc. (“Lamp & Leaf”). It was last
updated on March 3, 2026.

## What we collect

When you order, we collect your name, your address, your e-mail address and your card number. You
can shop as a guest without an account.

We automatically record your IP address, your browser type and the pages that you visit.

## Whom we share it with

We do not sell your personal information to anyone.

We share it only as follows:

* with service providers that deliver parcels on our behalf
* with the police, if a court order requires it
* with a new owner, in the event of a merger

## Cookies

| Cookie | Purpose | Kept |
|---|---|---|
| basket | remembers what is in your basket | 2 days |

We use cookies to remember your basket. You can set your browser to refuse cookies, but then you
cannot order.

## E-mail

We may send you our newsletter with offers. To stop receiving e-mails, click the unsubscribe link at
the bottom of each one. Even if you unsubscribe, we will still send you order confirmations.

## Your rights (California residents)

Under the California Consumer Privacy Act you may request a copy of the personal information that we
hold about you. You can ask us to delete your personal information.

## How long we keep it

We keep orders for seven years, because tax law requires it.

## Security

We use SSL encryption when you send us your card number. No website is completely secure, and we
cannot guarantee the security of your data.

## Contact

If you have questions about this policy, e-mail privacy@lampandleaf.example or call 1-800-555-0100.

Lamp & Leaf, Inc.
12 Harbor Street
Portland, OR 97201
"""


@pytest.fixture
def policy_file(tmp_path: Path) -> Path:
    """The policy as a Markdown file."""
    path = tmp_path / "policy-of-lamps.md"
    path.write_text(LAMPS, encoding="utf-8")
    return path


@pytest.fixture
def adopted(policy_file: Path, tmp_path: Path) -> Adopted:
    """The policy, adopted into the folder of a store."""
    return adopt(policy_file, tmp_path / "lamps")
