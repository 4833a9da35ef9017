"""Tests of the single sign-on, against a real provider of OpenID Connect on this machine."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.settings import SettingsError, settings
from tests.conftest import Server, serving
from tests.web.test_agent_desk import command

PROVIDER = Path(__file__).parent / "oidc_provider.py"


@dataclass
class SignOn:
    """A server of ours with its provider."""

    server: Server
    issuer: str
    provider: subprocess.Popen[bytes]


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def sign_on(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignOn]:
    """A server that lets people sign in at a provider."""
    folder, ours, theirs = tmp_path_factory.mktemp("sign-on"), free_port(), free_port()
    url, issuer = f"http://127.0.0.1:{ours}", f"http://127.0.0.1:{theirs}/o"
    script = [sys.executable, str(PROVIDER), str(theirs), f"{url}/sign-in/callback", str(folder)]
    environment = {
        "PRIVACY_BOT_PORT": str(ours),
        "PRIVACY_BOT_PUBLIC_URL": url,
        "PRIVACY_BOT_OIDC_ISSUER": issuer,
        "PRIVACY_BOT_OIDC_CLIENT_ID": "privacy-bot",
        "PRIVACY_BOT_OIDC_CLIENT_SECRET": "secret-of-the-tests",
        "PRIVACY_BOT_OIDC_ROLES_CLAIM": "groups",
    }
    with (
        (folder / "provider.log").open("wb") as log,
        subprocess.Popen(script, stdout=log, stderr=log) as provider,
    ):
        try:
            with serving(folder, **environment) as server:
                wait_for(f"{issuer}/.well-known/openid-configuration", provider)
                yield SignOn(server, issuer, provider)
        finally:
            provider.terminate()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until an address answers."""
    for _ in range(600):
        assert process.poll() is None, "the provider has ended"
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"{url} does not answer")


@pytest.fixture
def browser(sign_on: SignOn) -> Iterator[httpx.Client]:
    """A client with cookies, as a browser has them."""
    with httpx.Client(timeout=30) as client:
        yield client


def asked(browser: httpx.Client, sign_on: SignOn, door: str = "/office") -> str:
    """Begin a sign-in and return the address at the provider."""
    answer = browser.get(f"{sign_on.server.url}/sign-in", params={"door": door})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def logged_in(browser: httpx.Client, sign_on: SignOn, name: str, address: str) -> str:
    """Log in at the provider and return the address to which it sends the browser back."""
    form = browser.get(address, follow_redirects=True)
    (token,) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text)
    fields = {"username": name, "password": name, "csrfmiddlewaretoken": token}
    headers = {"Referer": str(form.url)}
    answer = browser.post(str(form.url), data=fields, headers=headers)
    back = browser.get(str(form.url.join(answer.headers["location"])))
    assert back.headers["location"].startswith(f"{sign_on.server.url}/sign-in/callback?")
    return back.headers["location"]


def test_an_officer_signs_in_at_the_provider(browser: httpx.Client, sign_on: SignOn) -> None:
    """The provider says name and role; the session is as after a token, and is in the log."""
    address = asked(browser, sign_on)
    query = parse_qs(urlsplit(address).query)
    assert query["code_challenge_method"] == ["S256"] and query["nonce"] and query["state"]
    answer = browser.get(logged_in(browser, sign_on, "olga", address))
    assert (answer.status_code, answer.headers["location"]) == (303, "/office")
    cookies = answer.headers.get_list("set-cookie")
    (session,) = [cookie for cookie in cookies if cookie.startswith("staff=")]
    assert "SameSite=strict" in session and "Path=/office" in session
    who = browser.get(f"{sign_on.server.url}/office/session").json()
    assert who == {"name": "Olga", "roles": ["officer"]}
    assert "Olga  signed_in" in command(sign_on.server, "accounts", "audit").stdout
    with sign_on.server.client() as other:
        page = other.get("/office").text
    assert 'href="/sign-in?door=/office"' in page


@pytest.mark.parametrize(
    ("name", "door", "message"),
    [("guest", "/office", "gives you no role"), ("olga", "/desk", "not the role agent")],
)
def test_a_wrong_role_is_refused(
    browser: httpx.Client, sign_on: SignOn, name: str, door: str, message: str
) -> None:
    """Who has no role, or another one, is not signed in."""
    answer = browser.get(logged_in(browser, sign_on, name, asked(browser, sign_on, door)))
    assert (answer.status_code, message in answer.text) == (401, True)
    assert browser.get(f"{sign_on.server.url}{door}/session").status_code == 401


def test_an_answer_counts_only_where_it_was_asked_for(
    browser: httpx.Client, sign_on: SignOn
) -> None:
    """Another browser, another state, an error, another issuer, or a second time: all refused."""
    back = logged_in(browser, sign_on, "both", asked(browser, sign_on))
    with httpx.Client() as other:
        assert "not begun here" in other.get(back).text
        asked(other, sign_on)
        assert "another sign-in" in other.get(back).text
    state = parse_qs(urlsplit(back).query)["state"][0]
    callback = f"{sign_on.server.url}/sign-in/callback"
    for more, message in (
        ({"error": "access_denied"}, "did not sign you in"),
        ({"code": "x", "iss": "https://evil.example.com"}, "another provider"),
        ({"code": "made-up"}, "not valid"),
    ):
        refused = browser.get(callback, params={"state": state, **more})
        assert (refused.status_code, message in refused.text) == (401, True), refused.text
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 401  # its cookie is gone


def test_a_code_needs_its_verifier_and_nonce(browser: httpx.Client, sign_on: SignOn) -> None:
    """A code of another sign-in is refused, by the provider (PKCE) or by us (nonce)."""
    stolen = logged_in(browser, sign_on, "olga", asked(browser, sign_on))
    with httpx.Client() as thief:
        state = parse_qs(urlsplit(asked(thief, sign_on)).query)["state"][0]
        code = parse_qs(urlsplit(stolen).query)["code"][0]
        params = {"code": code, "state": state}
        refused = thief.get(f"{sign_on.server.url}/sign-in/callback", params=params)
        assert (refused.status_code, "not valid" in refused.text) == (401, True)


def test_a_door_must_be_one_of_ours(browser: httpx.Client, sign_on: SignOn) -> None:
    """No sign-in ends at another address."""
    for door in ("https://evil.example.com", "//evil.example.com", "/privacy"):
        answer = browser.get(f"{sign_on.server.url}/sign-in", params={"door": door})
        assert answer.status_code == 400


def test_without_a_provider_there_is_none(client: httpx.Client) -> None:
    """The sign-on is off unless it is configured, and the page does not offer it."""
    assert client.get("/sign-in").status_code == 404
    assert "/sign-in" not in client.get("/office").text


def test_a_provider_that_is_away_is_said_so(
    model: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """If the provider does not answer, one line says so, and tokens still work."""
    away = {
        "PRIVACY_BOT_PUBLIC_URL": "http://127.0.0.1:1",
        "PRIVACY_BOT_OIDC_ISSUER": f"http://127.0.0.1:{free_port()}",
        "PRIVACY_BOT_OIDC_CLIENT_ID": "privacy-bot",
        "PRIVACY_BOT_OIDC_CLIENT_SECRET": "x",
    }
    with serving(tmp_path_factory.mktemp("away"), **away) as running, running.client() as client:
        answer = client.get("/sign-in")
        assert (answer.status_code, "cannot be reached" in answer.text) == (503, True)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"oidc_issuer": "http://id.example.com"}, "must begin with https://"),
        ({"oidc_issuer": "https://id.example.com"}, "needs PRIVACY_BOT_OIDC_CLIENT_ID"),
    ],
)
def test_an_incomplete_sign_on_is_refused_at_the_start(given: dict[str, str], message: str) -> None:
    """A setting that is missing is named."""
    with pytest.raises(SettingsError, match=message):
        settings(**given)
