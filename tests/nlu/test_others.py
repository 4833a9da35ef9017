"""Tests of questions about someone else."""

import pytest

from bot.nlu.models.others import about_others


@pytest.mark.parametrize(
    "text",
    [
        "does amazon sell my data?",
        "what does Wayfair do with my phone number",
        "how long does google keep my searches",
        "is TikTok listening",
    ],
)
def test_questions_about_other_companies(text: str) -> None:
    """What another company does is a question about others."""
    assert about_others(text)


@pytest.mark.parametrize(
    "text",
    [
        "does facebook get my email from you",
        "does google see what i buy here",
        "does ups get my address",
        "do you share with google",
        "will amazon know that i shop at bellacor",
        "do apple users have to accept cookies on your site",
    ],
)
def test_questions_about_this_shop(text: str) -> None:
    """A question that names another company and this shop is about this shop; a carrier serves its orders."""
    assert not about_others(text)
