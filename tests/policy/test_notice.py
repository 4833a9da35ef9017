"""Tests of the notice about this chat, a source of answers beside the policy."""

from bot.paths import NOTICE
from bot.policy.document import load
from bot.policy.notice import PAGE, known_clauses, notice
from bot.settings import settings


def test_the_notice_is_a_part_of_the_document() -> None:
    """Every clause stands in docs/privacy.md, with the figures of the settings."""
    document = " ".join(NOTICE.read_text(encoding="utf-8").split())
    for clause in notice().clauses():
        assert clause.text.removeprefix("- ") in document
    assert f"{settings().conversation_days:g} days" in notice().clause("this_chat.1").text


def test_its_clauses_do_not_pass_for_the_policy() -> None:
    """A clause of the notice has a section and a page of its own, and no id of the policy."""
    source = notice().clause("this_chat.1").as_source()
    assert source["section"] == "About this chat"
    assert source["url"] == f"{PAGE}#this_chat.1"
    assert not load().by_id.keys() & notice().by_id.keys()
    assert known_clauses().keys() == {*load().by_id, *notice().by_id}
