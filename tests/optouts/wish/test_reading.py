"""Tests of the reading of wishes by clauses: what stops, what stays, for which address."""

import pytest

from bot.optouts.model import EVERYTHING, Action, OptOutKind
from bot.optouts.wish.model import Act, Context, Situation
from bot.optouts.wish.reading import read

E, A, S, P = (
    OptOutKind.MARKETING_EMAIL,
    OptOutKind.TARGETED_ADVERTISING,
    OptOutKind.SHARING,
    OptOutKind.PHONE_MAIL_MARKETING,
)
START = Context()
CONFIRM = Context(Situation.ASKED_YES, Action.OPT_OUT, frozenset({E}), ("[email-1]",))
RECORDED = Context(Situation.RECORDED, Action.OPT_OUT, frozenset({E}), ("[email-1]",))
OPT_OUT = Context(intent="opt_out", confidence=0.9)


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("stop sending me mails again", {E}),
        ("please take [email-1] off your mailing list again", {E}),
        ("never put me on that list again", {E}),
        ("unsubscribe me or i tell the FTC", {E}),
        ("quit sending me ur newsletter again and again", {E}),
        ("do not share or sell my data", {S}),
        ("I don't want any more calls", {P}),
        ("no newsletters no sms", {E, P}),
        ("if i get one more promo email im reporting you", {E}),
        ("I withdraw my consent to the sharing of my data", {S}),
        ("Since the twins came I have no time to read your mails, so kindly end them.", {E}),
        ("everything must stop", set(EVERYTHING)),
        ("can you stop the text messages?", {P}),
        ("i never asked for your catalogs and i do not want them", {P}),
    ],
)
def test_an_odd_number_of_turns_stops(text: str, stops: set[OptOutKind]) -> None:
    """A clause with one word that turns off, or three, asks to stop what it names."""
    wish = read(text, START)
    assert (wish.act, wish.stops) == (Act.OUT, stops)


@pytest.mark.parametrize(
    "text",
    [
        "do not unsubscribe me from the newsletter",
        "don't you dare stop the emails",
        "never stop the texts",
        "don't opt me out of anything",
        "I refuse to unsubscribe from the newsletter",
        "keep sending me the newsletter please",
        "please dont stop the calls",
    ],
)
def test_an_even_number_of_turns_stops_nothing(text: str) -> None:
    """Two words that turn around cancel each other: nothing is to stop."""
    wish = read(text, OPT_OUT)
    assert wish.act is Act.REFUSAL
    assert not wish.stops


@pytest.mark.parametrize(
    ("text", "stops", "keeps"),
    [
        ("I'd like to hear from you by e-mail, not by post", {P}, {E}),
        ("I'd like to hear from you by post, not by e-mail", {E}, {P}),
        ("take me off the sms list not the email list", {P}, {E}),
        ("it's not the calls I want stopped it's the emails", {E}, {P}),
        ("the newsletter may stay but no more ads", {A}, {E}),
        ("keep the mails, stop the calls", {P}, {E}),
        ("cancel everything but the newsletter", {A, S, P}, {E}),
        ("Nothing except the newsletter should go", {E}, {A, S, P}),
        ("Ads: no. Newsletter: yes.", {A}, {E}),
        ("i don't mind the ads but stop selling my data", {S}, {A}),
    ],
)
def test_contrast_gives_each_kind_its_own_sign(
    text: str, stops: set[OptOutKind], keeps: set[OptOutKind]
) -> None:
    """What is contrasted or excepted is kept, and what is kept is never stopped."""
    wish = read(text, START)
    assert (wish.stops, wish.keeps) == (stops, keeps)


@pytest.mark.parametrize(
    "text",
    [
        "start sending me the newsletter again",
        "put me back on the newsletter",
        "resubscribe me to the newsletter",
        "I hereby withdraw my objection to promotional e-mails",
        "i unsubscribed by mistake yesterday, can i get the newsletter back?",
    ],
)
def test_what_was_stopped_can_come_back(text: str) -> None:
    """A wish to have something again opts in; the word "again" alone never does."""
    wish = read(text, START)
    assert (wish.act, wish.keeps) == (Act.IN, {E})


@pytest.mark.parametrize(
    "text",
    [
        "how do I unsubscribe from the newsletter?",
        "what happens when somebody unsubscribes?",
        "does opting out of ads cost me my points",
        "can I opt out of emails?",
    ],
)
def test_a_question_about_opting_out_is_no_wish(text: str) -> None:
    """Who asks how it works has not asked for it."""
    assert read(text, OPT_OUT).act is Act.ABOUT


def test_how_to_stop_it_is_about_the_answer_before() -> None:
    """ "How do I stop it?" after an answer about ads prepares the opt-out of ads."""
    wish = read("how do i stop it", Context(topic=frozenset({A})))
    assert (wish.act, wish.stops) == (Act.OUT, {A})


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("yes", Act.YES),
        ("yep that's right", Act.YES),
        ("no", Act.NO),
        ("don't go ahead", Act.NO),
        ("yes no", Act.UNCLEAR),
        ("never mind", Act.UNDO),
        ("It is correct but I don't know if I want.", Act.UNCLEAR),
        ("yes, and the calls too", Act.OUT),
        ("how long does it take?", Act.ABOUT),
    ],
)
def test_answers_to_the_confirmation(text: str, act: Act) -> None:
    """Only a yes without anything else agrees; what changes the draft is shown again."""
    assert read(text, CONFIRM).act is act


def test_a_correction_replaces_what_the_draft_stops() -> None:
    """ "No, the calls" means the calls instead, "the calls too" means both."""
    assert read("no, i meant the calls", CONFIRM).only
    assert not read("the calls too please", CONFIRM).only


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("undo", Act.UNDO),
        ("cancel that", Act.UNDO),
        ("undo it, the whole thing", Act.UNDO),
        ("oh no, undo that please", Act.UNDO),
        ("please don't undo that", Act.NONE),
        ("also the phone calls", Act.OUT),
        ("and [email-2] too", Act.OUT),
        ("same for my wife", Act.OUT),
        ("wrong address, sorry: [email-2]", Act.OUT),
        ("did it work?", Act.STATUS),
        ("how long does it take", Act.STATUS),
        ("I want the newsletter back", Act.IN),
        ("thank you, that's all", Act.NONE),
        ("can i reverse this later?", Act.ABOUT),
    ],
)
def test_talk_after_the_record(text: str, act: Act) -> None:
    """What was recorded can be undone, added to and asked about for the rest of the talk."""
    assert read(text, RECORDED).act is act


@pytest.mark.parametrize("word", ["STOP", "REVOKE", "END", "QUIT", "unsubscribe", "STOPALL"])
def test_a_single_command_asks_to_opt_out(word: str) -> None:
    """Words that people send to mailing systems are understood at the start of a talk."""
    assert read(word, START).act is Act.OUT


def test_a_command_in_the_middle_drops_the_draft() -> None:
    """In the middle of a request the same words end the request."""
    assert read("STOP", CONFIRM).act is Act.UNDO


def test_a_message_that_corrects_itself_means_its_end() -> None:
    """ "Texts, no wait, e-mails" is about e-mails."""
    assert read("unsubscribe me from texts, no wait, emails", START).stops == {E}


def test_a_mended_text_counts_only_if_the_typed_one_says_nothing() -> None:
    """A typing slip is mended, and never changes what was typed plainly."""
    assert read("stpo the txeting", START, "stop the texting").stops == {P}
    assert read("stop the calls", START, "stop the mails").stops == {P}


def test_numbers_name_the_choices() -> None:
    """ "2 and 3" after the list of kinds names the second and the third."""
    asked = Context(Situation.ASKED_KINDS)
    assert read("2, 3", asked).stops == {A, S}
