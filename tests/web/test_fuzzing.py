"""Property-based tests of the HTTP contract.

Thousands of requests are made from /openapi.json: some that it allows, and some that it forbids.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conftest import BASE, Server, Shopper, serving

CASES = int(os.environ.get("FUZZ_CASES", "600"))
CASES_PER_CALL = CASES * 4 // 5 // 5  # for each of the five calls of the storefront API
CASES_PER_OTHER_ROUTE = CASES // 5 // 20  # for each of the other routes, about twenty
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


FUZZ = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "database": None,
}


@pytest.fixture(scope="module")
def fuzzed(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that holds no calls, so that a case takes no longer than its answer."""
    with serving(tmp_path_factory.mktemp("fuzzed"), PRIVACY_BOT_MAX_WAIT_SECONDS="0") as running:
        yield running


@pytest.fixture(scope="module")
def bystander(fuzzed: Server) -> Iterator[Shopper]:
    """A shopper in another conversation; at the end it must be unchanged."""
    with fuzzed.client() as client:
        shopper = Shopper(client)
        shopper.say("do you use cookies?")
        before = shopper.get("/transcript").json()
        yield shopper
        assert shopper.get("/transcript").json() == before
        assert shopper.say("when is support open?")["topics"] == ["support_hours"]


@pytest.fixture(scope="module")
def contract(fuzzed: Server) -> schemathesis.schemas.BaseSchema:
    """The contract as the server publishes it at /openapi.json."""
    return schemathesis.openapi.from_url(f"{fuzzed.url}/openapi.json")


@pytest.fixture(scope="module")
def talker(fuzzed: Server) -> Iterator[Shopper]:
    """The shopper of the conversation to which the cases are sent."""
    with fuzzed.client() as client:
        yield Shopper(client)


document = schemathesis.pytest.from_fixture("contract")
conversation = document.include(path_regex="^/webhooks/storefront/")
others = document.exclude(path_regex="^/webhooks/storefront/")


@conversation.parametrize()
@settings(max_examples=CASES_PER_CALL, **FUZZ)
def test_no_request_breaks_the_contract(
    case: schemathesis.Case, fuzzed: Server, talker: Shopper, bystander: Shopper
) -> None:
    """Any request gets an answer that /openapi.json names, and never an error of the server."""
    token = talker.headers["Authorization"]
    if case.method == "DELETE":  # each deletes a conversation of its own
        token = f"Bearer {talker.client.post(f'{BASE}/session').json()['token']}"
    case.call_and_validate(headers={"Authorization": token}, checks=CHECKS)


@others.parametrize()
@settings(max_examples=CASES_PER_OTHER_ROUTE, **FUZZ)
def test_no_request_breaks_another_route(case: schemathesis.Case, fuzzed: Server) -> None:
    """Pages, the desk, the form and the calls of monitoring keep to /openapi.json too."""
    case.call_and_validate(checks=CHECKS)


def test_every_answered_message_is_still_there(talker: Shopper) -> None:
    """Every answered message is in the transcript, even with malformed requests in between."""
    sent = [f"do you use cookies? {number}" for number in range(50)]
    for text in sent:
        talker.post({"text": text, "choice": "both"})
        talker.post(["nonsense"])
        assert talker.post({"text": text}).status_code == 200
    said = [
        message["text"]
        for message in talker.get("/transcript").json()["messages"]
        if message["from"] == "visitor"
    ]
    assert [text for text in said if text in sent] == sent


def test_a_changed_token_opens_nothing(fuzzed: Server, talker: Shopper) -> None:
    """A token that was changed at any place is refused."""
    scheme, token = talker.headers["Authorization"].split(" ")
    with fuzzed.client() as client:
        for place in range(0, len(token), 3):
            other = "A" if token[place] != "A" else "B"
            changed = f"{token[:place]}{other}{token[place + 1 :]}"
            answer = client.get(
                f"{BASE}/transcript", headers={"Authorization": f"{scheme} {changed}"}
            )
            assert answer.status_code in (401, 410), changed


def test_a_choice_of_another_conversation_is_no_choice(client: httpx.Client) -> None:
    """The id of a choice is refused outside the conversation that offered it."""
    mine, theirs = Shopper(client), Shopper(client)
    foreign = theirs.opened["messages"][0]["choices"][0]["id"]
    answer = mine.post({"choice": foreign})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "malformed")
