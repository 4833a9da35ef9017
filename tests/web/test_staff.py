"""Tests of the sign-in of agents and officers over HTTP."""

import json

import httpx
import pytest

from tests.conftest import Server, serving
from tests.web.test_agent_desk import command

DOOR = {"agent": "/desk", "officer": "/office"}


def token_of(server: Server, name: str, *roles: str, **environment: str) -> str:
    """Make an account on the server and return its token."""
    command(server, "accounts", "remove", name, **environment)
    options = [part for role in roles for part in ("--role", role)]
    return command(server, "accounts", "add", name, *options, **environment).stdout.strip()


def sign_in(client: httpx.Client, door: str, token: str, **headers: str) -> httpx.Response:
    """Send a token to a door, as the page of this server does."""
    own = {"Origin": str(client.base_url).rstrip("/")}
    return client.post(f"{door}/session", json={"token": token}, headers={**own, **headers})


def test_a_session_is_a_cookie_of_its_door(server: Server, client: httpx.Client) -> None:
    """The cookie is HttpOnly, SameSite=Strict, of the door's path alone, and expires."""
    answer = sign_in(client, "/desk", token_of(server, "Sam", "agent"))
    assert answer.json() == {"name": "Sam", "roles": ["agent"]}
    (cookie,) = answer.headers.get_list("set-cookie")
    for part in ("HttpOnly", "SameSite=strict", "Path=/desk", "Max-Age=43200"):
        assert part in cookie
    assert answer.headers["cache-control"] == "no-store"
    assert client.get("/desk/session").json()["name"] == "Sam"


def test_an_account_may_have_both_roles(server: Server, client: httpx.Client) -> None:
    """One sign-in of an account with both roles opens both doors."""
    answer = sign_in(client, "/office", token_of(server, "Both", "agent", "officer"))
    assert answer.json()["roles"] == ["agent", "officer"]
    assert {client.get(f"{door}/session").status_code for door in DOOR.values()} == {200}


@pytest.mark.parametrize(("role", "other"), [("agent", "/office"), ("officer", "/desk")])
def test_a_wrong_role_is_refused(
    server: Server, client: httpx.Client, role: str, other: str
) -> None:
    """Neither the token nor the cookie of one role opens the door of the other."""
    token = token_of(server, f"Only {role}", role)
    assert sign_in(client, other, token).status_code == 401
    assert sign_in(client, DOOR[role], token).status_code == 200
    (cookie,) = client.cookies.jar
    cookies = {"Cookie": f"{cookie.name}={cookie.value}"}
    assert client.get(f"{other}/session").status_code == 401  # a browser does not send it there
    assert client.get(f"{other}/session", headers=cookies).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_cannot_act(
    server: Server, client: httpx.Client, headers: dict[str, str]
) -> None:
    """A page of another site can neither sign in nor out, nor change anything."""
    token = token_of(server, "Sam", "agent")
    assert sign_in(client, "/desk", token, **headers).status_code == 403
    assert sign_in(client, "/desk", token).status_code == 200
    assert client.delete("/desk/session", headers=headers).status_code == 403
    claim = client.post(f"/desk/handoffs/{'a' * 32}/claim", headers=headers)
    assert claim.json()["error"]["code"] == "forbidden_origin"
    assert client.get("/desk/session").status_code == 200


def test_a_sign_out_ends_the_session_at_the_server(server: Server, client: httpx.Client) -> None:
    """A cookie that was copied before the sign-out is worth nothing after it."""
    sign_in(client, "/desk", token_of(server, "Sam", "agent"))
    (cookie,) = client.cookies.jar
    copied = {"Cookie": f"{cookie.name}={cookie.value}"}
    assert client.delete("/desk/session", headers={"Origin": server.url}).status_code == 204
    assert not list(client.cookies.jar)
    assert client.get("/desk/session", headers=copied).status_code == 401


def test_a_removed_account_is_out_at_once(server: Server, client: httpx.Client) -> None:
    """Removing an account in another process ends its session; so does a change of its role."""
    sign_in(client, "/desk", token_of(server, "Sam", "agent"))
    command(server, "accounts", "change", "Sam", "--role", "officer")
    assert client.get("/desk/queue").status_code == 403
    command(server, "accounts", "remove", "Sam")
    assert client.get("/desk/queue").status_code == 401


def test_the_audit_log_says_who_did_what(server: Server, client: httpx.Client) -> None:
    """Sign-ins, failures and sign-outs are in the audit log, and no token or address is."""
    token = token_of(server, "Wim", "agent")
    sign_in(client, "/desk", "guessed-token")
    sign_in(client, "/desk", token)
    client.delete("/desk/session", headers={"Origin": server.url})
    told = command(server, "accounts", "audit", "--json").stdout
    lines = [json.loads(line) for line in told.splitlines()]
    mine = [line["event"] for line in lines if line["content"].get("name") == "Wim"]
    assert mine[-3:] == ["account_added", "signed_in", "signed_out"]
    assert "sign_in_failed" in [line["event"] for line in lines]
    assert token not in told and "guessed" not in told and "127.0.0.1" not in told
    assert "Wim  signed_in  role=agent" in command(server, "accounts", "audit").stdout


def test_guessing_is_slowed(model: object, tmp_path_factory: pytest.TempPathFactory) -> None:
    """After too many wrong tokens an address must wait, even with a right one."""
    folder = tmp_path_factory.mktemp("guessed")
    secure = {"PRIVACY_BOT_LIMIT_SIGN_INS": "3/hour", "PRIVACY_BOT_PRODUCTION": "1"}
    keys = {f"PRIVACY_BOT_{name}": json.dumps([name * 8]) for name in ("SECRETS", "DATA_KEYS")}
    with serving(folder, **secure, **keys) as running, running.client() as client:
        right = token_of(running, "Sam", "agent", **keys)
        assert "__Secure-staff=" in (first := sign_in(client, "/desk", right)).headers["set-cookie"]
        assert "Secure;" in first.headers["set-cookie"] + ";"
        statuses = [sign_in(client, "/desk", "wrong").status_code for _ in range(4)]
        assert statuses == [401, 401, 401, 429]
        refused = sign_in(client, "/desk", right)
        assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
