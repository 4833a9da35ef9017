"""Tests of addresses at each door: the chat, the form and the links."""

from pathlib import Path

import httpx
import pytest

from bot.application.services import Services
from bot.optouts.addresses import normalise
from bot.optouts.links import UnsubscribeLinks
from bot.optouts.model import Subject
from bot.settings import Settings
from tests.conftest import Server, Shopper

# A whole address, and the part of it that was once taken for another person's.
DOORS = [
    ("o’hara1@example.com", "hara1@example.com"),
    ("mary‑ann2@example.com", "ann2@example.com"),
    ("mary=ann3@example.com", "ann3@example.com"),
    ("jo/al4@example.com", "al4@example.com"),
    ("-jo5@example.com", "jo5@example.com"),
    ("<jo.smith6@example.com>", "smith6@example.com"),
    ("mailto:jo+x7@example.com?subject=stop", "x7@example.com"),
    ("“o\u200b’hara8@example.com”.", "hara8@example.com"),
    ("Ｊｏ．smith9＠example．com", "smith9@example.com"),
]
DOUBTFUL = [
    ("jo..smith10@example.com", "smith10@example.com"),
    ("jo@smith11@example.com", "smith11@example.com"),
    ("jo,smith12@example.com", "smith12@example.com"),
]


def recorded(server: Server, address: str) -> bool:
    """Return whether the ledger of a server holds a request of an address."""
    ledger = Services.open(Settings(data_dir=server.data_dir)).optouts.ledger
    return bool(ledger.of(Subject("email", address)))


@pytest.mark.parametrize(("typed", "part"), DOORS)
def test_the_chat_records_the_whole_address(
    server: Server, shopper: Shopper, typed: str, part: str
) -> None:
    """An address typed in the chat is recorded whole, and for nobody else."""
    whole = normalise(typed).replace("@", "@chat.")
    shopper.say("stop emailing me")
    shopper.say(typed.replace("@example", "@chat.example").replace("＠", "＠chat．"))
    shopper.say("yes")
    assert recorded(server, whole)
    assert not recorded(server, part.replace("@", "@chat."))


@pytest.mark.parametrize(("typed", "part"), DOUBTFUL)
def test_the_chat_asks_for_a_doubtful_address_again(
    server: Server, shopper: Shopper, typed: str, part: str
) -> None:
    """What is almost an address is asked for again, and no part of it is recorded."""
    shopper.say("stop emailing me")
    turn = shopper.say(typed)
    assert turn["outcome"] == "form"
    assert not any("Yes" in c["title"] for m in turn["messages"] for c in m["choices"])
    shopper.say("yes")
    assert not recorded(server, part)


@pytest.mark.parametrize(("typed", "part"), DOORS)
def test_the_form_records_the_whole_address(
    server: Server, client: httpx.Client, typed: str, part: str
) -> None:
    """An address typed in the form is recorded whole, and for nobody else."""
    sent = client.post("/opt-out", data={"email": typed, "kind": "sharing"})
    assert sent.status_code == 200
    assert recorded(server, normalise(typed))
    assert not recorded(server, part)


@pytest.mark.parametrize(
    ("typed", "part"), [*DOUBTFUL, ("jo smith13@example.com", "smith13@example.com")]
)
def test_the_form_asks_for_a_doubtful_address_again(
    server: Server, client: httpx.Client, typed: str, part: str
) -> None:
    """The form refuses what is almost an address, and records nothing for a part of it."""
    assert client.post("/opt-out", data={"email": typed, "kind": "sharing"}).status_code == 400
    assert not recorded(server, part)


@pytest.mark.parametrize(("typed", "part"), DOORS)
def test_a_link_is_for_the_whole_address(tmp_path: Path, typed: str, part: str) -> None:
    """A link that is made for any spelling unsubscribes the whole address."""
    links = UnsubscribeLinks(Settings(data_dir=tmp_path))
    assert links.address(links.path(typed).rsplit("/", 1)[-1]) == normalise(typed)
