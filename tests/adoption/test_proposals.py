"""Proposals for the frames of a small policy."""

import pytest

from bot.adoption.importing import Adopted
from bot.adoption.proposals import Proposal
from bot.policy.frame_list import load_frames


@pytest.fixture
def proposals(adopted: Adopted) -> dict[str, Proposal]:
    """The proposals by frame."""
    return {proposal.frame: proposal for proposal in adopted.proposals}


@pytest.mark.parametrize(
    ("frame", "quote"),
    [
        ("collection.what", "we collect your name"),
        ("collection.automatic", "automatically record your IP address"),
        ("collection.obligatory", "shop as a guest"),
        ("sharing.providers", "service providers that deliver parcels"),
        ("sharing.law", "if a court order requires it"),
        ("sharing.sale_of_business", "in the event of a merger"),
        ("selling.sold", "We do not sell"),
        ("cookies.used", "We use cookies to remember"),
        ("cookies.refuse", "refuse cookies"),
        ("email.marketing", "our newsletter with offers"),
        ("email.unsubscribe", "click the unsubscribe link"),
        ("email.still_after", "order confirmations"),
        ("security.guaranteed", "cannot guarantee"),
        ("encryption.transit", "SSL encryption"),
        ("access.see", "request a copy"),
        ("access.delete", "delete your personal information"),
        ("retention.period", "for seven years"),
        ("change.date", "March 3, 2026"),
        ("scope.covers", "This policy covers the website"),
        ("contact.phone", "1-800-555-0100"),
        ("contact.post", "12 Harbor Street"),
        ("rights.law", "California Consumer Privacy Act"),
    ],
)
def test_first_candidate(proposals: dict[str, Proposal], frame: str, quote: str) -> None:
    """The sentence that answers a question is in the first candidate."""
    assert proposals[frame].said
    assert quote in " ".join(proposals[frame].candidates[0].quotes)


@pytest.mark.parametrize(
    "frame",
    [
        "tracking.dnt",
        "tracking.analytics",
        "sharing.abroad",
        "security.breach",
        "children.under13",
        "location.collected",
        "hours.support",
        "links.responsible",
    ],
)
def test_not_said(proposals: dict[str, Proposal], frame: str) -> None:
    """What the policy does not speak of is proposed as not said."""
    assert not proposals[frame].said


def test_every_frame(proposals: dict[str, Proposal]) -> None:
    """Each frame has a proposal with at most three candidates."""
    assert list(proposals) == list(load_frames())
    assert all(len(proposal.candidates) <= 3 for proposal in proposals.values())


def test_lead_in(proposals: dict[str, Proposal]) -> None:
    """A list item is proposed together with the sentence that introduces its list."""
    assert "We share it only as follows:" in proposals["sharing.law"].candidates[0].quotes


def test_headings(proposals: dict[str, Proposal]) -> None:
    """A candidate names the headings above it, because they carry conditions."""
    headings = proposals["access.see"].candidates[0].headings
    assert headings == ("Privacy at Lamp & Leaf", "Your rights (California residents)")


def test_reasons(proposals: dict[str, Proposal]) -> None:
    """A candidate says what speaks for it."""
    assert any("sell" in reason for reason in proposals["selling.sold"].candidates[0].reasons)
