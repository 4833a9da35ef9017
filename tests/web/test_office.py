"""Tests of the office over HTTP, with a ledger of many requests."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.conftest import Server, serving
from tests.web.office_data import FORMULA, fill, officer
from tests.web.test_agent_desk import command
from tests.web.test_staff import sign_in, token_of

COUNT = 60


@pytest.fixture(scope="module")
def office(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a full ledger."""
    folder = tmp_path_factory.mktemp("office")
    fill(folder, COUNT)
    with serving(folder) as running:
        yield running


@pytest.fixture(scope="module")
def olga(office: Server) -> Iterator[httpx.Client]:
    """An officer, signed in."""
    with httpx.Client(base_url=office.url, headers={"Origin": office.url}, timeout=30) as client:
        assert sign_in(client, "/office", officer(office.data_dir)).status_code == 200
        yield client


def found(client: httpx.Client, **wanted: object) -> list[dict]:
    """Return all requests that a search finds, of all pages."""
    first = client.post("/office/search", json=wanted).json()
    pages = [
        client.post("/office/search", json={**wanted, "page": page}).json()["requests"]
        for page in range(2, first["pages"] + 1)
    ]
    every = [*first["requests"], *(request for page in pages for request in page)]
    assert len(every) == first["total"]
    return every


def decide(client: httpx.Client, decision: str, *references: str, **more: str) -> list[dict]:
    """Decide about requests and return the results."""
    body = {"references": references, "decision": decision, **more}
    answer = client.post("/office/decisions", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


def test_the_table_has_all_and_what_is_due_first(olga: httpx.Client) -> None:
    """All requests are in the table, each once; what is overdue is first, and is marked."""
    every = found(olga)
    assert len({request["reference"] for request in every}) == len(every) == COUNT
    unfinished = [one for one in every if one["status"] in ("open", "in_progress")]
    assert every[: len(unfinished)] == sorted(unfinished, key=lambda one: one["due"])
    today = datetime.now(UTC).date().isoformat()
    assert {one["overdue"] for one in unfinished if one["due"] < today} == {True}
    assert [one["reference"] for one in found(olga, overdue=True)] == [
        one["reference"] for one in every if one["overdue"]
    ]


def test_filters_and_search(olga: httpx.Client) -> None:
    """Each filter leaves what it says; a reference and a whole address find their request."""
    every = found(olga)
    for field, name, value in (
        ("statuses", "status", "fulfilled"),
        ("channels", "channel", "gpc"),
        ("actions", "action", "opt_in"),
    ):
        wanted = {one["reference"] for one in every if one[name] == value}
        assert wanted and {one["reference"] for one in found(olga, **{field: [value]})} == wanted
    one = next(one for one in every if one["subject_type"] == "email")
    assert one in found(olga, search=one["subject"].upper())
    assert found(olga, search=one["reference"].lower()) == [one]
    refused = olga.post("/office/search", json={"search": "example.com"})
    assert (refused.status_code, "whole e-mail" in refused.text) == (400, True)


def test_a_request_is_decided_and_reopened(olga: httpx.Client, office: Server) -> None:
    """Deny, reopen and fulfil are recorded with the officer, in the ledger of the command line."""
    one = found(olga, statuses=["open"], actions=["opt_out"])[-1]["reference"]
    assert (
        "few words"
        in olga.post(
            "/office/decisions", json={"references": [one], "decision": "deny", "reason": "other"}
        ).text
    )
    assert decide(olga, "deny", one, reason="not_theirs")[0]["status"] == "denied"
    shown = olga.get(f"/office/requests/{one}").json()
    assert shown["reason"].startswith("The owner of the address") and shown["overdue"] is False
    assert shown["decisions"] == ["reopen"]
    assert "reason" in decide(olga, "reopen", one)[0]["error"]
    assert decide(olga, "reopen", one, words="she called")[0]["status"] == "open"
    assert decide(olga, "fulfil", one, words="mail system")[0]["status"] == "fulfilled"
    lines = olga.get(f"/office/requests/{one}").json()["history"]
    assert [line["content"].get("by") for line in lines[-3:]] == ["Olga"] * 3
    assert "mail system" in command(office, "optouts", "show", one).stdout
    assert command(office, "optouts", "verify").returncode == 0
    told = command(office, "accounts", "audit").stdout
    for act in ("deny", "reopen", "fulfil", "opened"):
        assert f"Olga  {act}  reference={one}" in told


def test_many_are_decided_at_once(olga: httpx.Client) -> None:
    """What cannot be decided has its error, and does not keep the others back."""
    ready = [one["reference"] for one in found(olga, statuses=["open"])[:3]]
    denied = found(olga, statuses=["denied"])[0]["reference"]
    results = decide(olga, "fulfil", *ready, denied, "nonsense", ready[0])
    assert [result["status"] for result in results] == ["fulfilled"] * 3 + [None, None]
    assert "cannot become fulfilled" in results[3]["error"]
    assert "no request" in results[4]["error"]


def test_notes_and_owner(olga: httpx.Client) -> None:
    """A request has notes with their author, and an owner who must be an officer."""
    one = found(olga)[0]["reference"]
    path = f"/office/requests/{one}"
    noted = olga.post(f"{path}/notes", json={"text": "  called the owner\n"}).json()
    assert (noted["notes"][-1]["author"], noted["notes"][-1]["text"]) == (
        *("Olga", "called the owner"),
    )
    assert olga.post(f"{path}/owner", json={"owner": "Olga"}).json()["owner"] == "Olga"
    assert one in [request["reference"] for request in found(olga, owner="Olga")]
    assert olga.post(f"{path}/owner", json={"owner": "Nobody"}).status_code == 400
    assert olga.post(f"{path}/owner", json={"owner": ""}).json()["owner"] == ""
    assert olga.get("/office/requests/nonsense").status_code == 404


def test_what_was_given_up_is_sent_again(olga: httpx.Client) -> None:
    """Deliveries are shown with their attempts and error, and those given up can be sent again."""
    shown = [
        olga.get(f"/office/requests/{one['reference']}").json()
        for one in found(olga, statuses=["open", "fulfilled"])
    ]
    (given_up,) = [
        one for one in shown if "given_up" in [each["state"] for each in one["deliveries"]]
    ]
    (message,) = given_up["deliveries"]
    assert (message["attempts"], message["error"]) == (18, "HTTP 503")
    again = olga.post(f"/office/requests/{given_up['reference']}/retry").json()
    assert again["deliveries"][0]["state"] in ("waiting", "given_up")  # no such receiver here


@pytest.mark.parametrize("what", ["requests", "suppressions"])
def test_a_spreadsheet_opens_the_file_right(olga: httpx.Client, what: str) -> None:
    """CSV has a mark of its encoding, dates, no formulas; JSONL has every text unchanged."""
    answer = olga.post("/office/export", json={"what": what})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert f'filename="{what}-' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert f"'{FORMULA}" in [row["subject"] for row in rows]
    times = [row["received_at" if what == "requests" else "since"] for row in rows]
    assert all(datetime.strptime(time, "%Y-%m-%d %H:%M:%S") for time in times)
    lines = olga.post("/office/export", json={"what": what, "form": "jsonl"}).text.splitlines()
    assert len(lines) == len(rows)
    assert FORMULA in [json.loads(line)["subject"] for line in lines]


def test_a_file_has_what_was_searched(olga: httpx.Client, office: Server) -> None:
    """The file of requests has those of the search, as the command line prints them."""
    wanted = {"statuses": ["fulfilled"], "kinds": ["sharing"]}
    answer = olga.post("/office/export", json={"what": "requests", **wanted})
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    references = {one["reference"] for one in found(olga, **wanted)}
    assert {row["reference"] for row in rows} == references
    options = ("--csv", "--status", "fulfilled", "--kind", "sharing")
    printed = command(office, "optouts", "list", *options).stdout
    assert {line.split(",")[0] for line in printed.splitlines()[1:]} == references


def test_the_report_counts_what_the_table_has(olga: httpx.Client) -> None:
    """The sums of all weeks are those of the table, and topics are counted by week."""
    report, every = olga.get("/office/report?weeks=52").json(), found(olga)
    assert sum(week["requests"] for week in report["weeks"]) == COUNT
    channels: Counter[str] = Counter()
    for week in report["weeks"]:
        channels.update(week["channels"])
    assert channels == Counter(one["channel"] for one in every)
    late = sum(one["overdue"] for one in every)
    assert sum(week["overdue"] for week in report["weeks"]) == late
    assert sum(one["count"] for one in report["topics"]) == COUNT
    assert {one["title"] for one in report["topics"]} >= {"Cookies"}
    assert olga.get("/office/report?weeks=0").status_code == 400


def test_the_yearly_figures_are_a_page_and_a_file(olga: httpx.Client, office: Server) -> None:
    """The figures of a year are those of a count by hand, also in the file and on the terminal."""
    year = str(datetime.now(UTC).year)
    mail = [
        one
        for one in found(olga, kinds=["marketing_email"], actions=["opt_out"])
        if one["received_at"].startswith(year)
    ]
    row = {one["right"]: one for one in olga.get(f"/office/yearly?year={year}").json()["rows"]}[
        "Opt-outs of marketing e-mail"
    ]
    assert row["received"] == len(mail)
    assert row["denied"] == sum(one["status"] == "denied" for one in mail)
    file = olga.get(f"/office/yearly.csv?year={year}").content.decode("utf-8-sig")
    (line,) = [one for one in csv.DictReader(io.StringIO(file)) if one["right"] == row["right"]]
    assert (line["received"], line["median_days"]) == (
        *(str(row["received"]), str(row["median_days"])),
    )
    printed = command(office, "optouts", "report", "--year", year, "--json").stdout
    assert row in [json.loads(line) for line in printed.splitlines()]
    assert olga.get("/office/yearly?year=1").status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "search"),
        ("GET", "requests/K7M4-QXT9-RWDF"),
        ("POST", "decisions"),
        ("POST", "requests/K7M4-QXT9-RWDF/notes"),
        ("POST", "requests/K7M4-QXT9-RWDF/owner"),
        ("POST", "requests/K7M4-QXT9-RWDF/retry"),
        ("POST", "export"),
        ("GET", "report"),
        ("GET", "yearly?year=2025"),
        ("GET", "yearly.csv?year=2025"),
    ],
)
def test_only_an_officer_may_call(office: Server, method: str, path: str) -> None:
    """Without a login it is 401, with the session of an agent 403, and from another site 403."""
    own = {"Origin": office.url}
    with office.client() as client:
        assert client.request(method, f"/office/{path}", headers=own).status_code == 401
        sign_in(client, "/desk", token_of(office, "Sam", "agent"))
        (cookie,) = client.cookies.jar
        agents = {"Cookie": f"{cookie.name}={cookie.value}", **own}
        assert client.request(method, f"/office/{path}", headers=agents).status_code == 403
        if method == "POST":
            away = {"Origin": "https://evil.example.com"}
            assert client.request(method, f"/office/{path}", headers=away).status_code == 403
