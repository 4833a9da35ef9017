"""List of topics and intents, shared by the domain, the answers, the reports and the tests."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """A topic of a message; ``name`` is its intent, ``title`` the text on its button."""

    name: str
    title: str


ABOUT_BOT = "about_bot"
POLICY_TOPICS = (
    Topic("collection", "What you collect"),
    Topic("use", "What you use it for"),
    Topic("sharing", "Who else gets it"),
    Topic("selling", "Whether you sell it"),
    Topic("tracking", "Ads and tracking"),
    Topic("cookies", "Cookies"),
    Topic("email_marketing", "E-mails I get from you"),
    Topic("security", "How it is protected"),
    Topic("encryption", "Encryption and safe checkout"),
    Topic("children", "Children's privacy"),
    Topic("external_links", "Links to other sites"),
    Topic("support_hours", "When support is open"),
    Topic("contact", "How to reach you"),
    Topic("phone_order", "Ordering by phone"),
    Topic("policy_scope", "What the policy covers"),
    Topic("access_or_delete", "See, correct or delete my data"),
    Topic("retention", "How long it is kept"),
    Topic("policy_change", "Changes to the policy"),
    Topic("location_device", "Location and my device"),
    Topic("rights", "Privacy laws and my rights"),
)
OTHER_LANGUAGE = "other_language"  # recognised before anything is understood
# About this chat and the person in it: answered, but not from the policy.
ABOUT_PERSON = (
    Topic("this_chat", "What is kept of this chat"),
    Topic("distress", "Fraud, theft or a break-in"),
    Topic(OTHER_LANGUAGE, "Another language"),
)
REQUESTS = (
    Topic("opt_out", "Opt out"),
    Topic("opt_out_status", "What became of my opt-out"),
    Topic("opt_in", "Undo an opt-out"),
    Topic("human", "Talk to a person"),
    Topic("forget", "Delete this conversation"),
)
COURTESIES = (
    Topic("greeting", "Hello"),
    Topic("goodbye", "Goodbye"),
    Topic("thanks", "Thank you"),
    Topic(ABOUT_BOT, "About this assistant"),
    Topic("help", "What can I ask?"),
)


@dataclass(frozen=True)
class Shortcut:
    """A choice that begins an opt-out of one kind; ``title`` is the text on its button."""

    title: str
    intent: str
    kind: str  # one of bot/optouts/model.py


SHORTCUTS = {
    "stop_ads": Shortcut("Stop the ads", "opt_out", "targeted_advertising"),
    "stop_mail": Shortcut("Stop marketing e-mail", "opt_out", "marketing_email"),
    "stop_sharing": Shortcut("Stop the sharing", "opt_out", "sharing"),
}
# Topics that actions/opt_outs.py answers; they have no response of their own.
ANSWERED_BY_ACTIONS = frozenset({"opt_out", "opt_in", "opt_out_status"})
FORGET = "forget"  # after the answer the conversation is deleted
OUT_OF_SCOPE = "out_of_scope"
CLARIFY = "nlu_fallback"  # Rasa's own name for "not understood"
IN_DIALOGUE = ("affirm", "deny", "elaborate")  # make sense only after an earlier message

TOPICS = {topic.name: topic for topic in (*POLICY_TOPICS, *ABOUT_PERSON, *REQUESTS, *COURTESIES)}
ANSWERABLE = frozenset(topic.name for topic in (*POLICY_TOPICS, *ABOUT_PERSON, *REQUESTS))
NOT_LEARNED = frozenset({OTHER_LANGUAGE, CLARIFY})  # intents without training examples
INTENTS = (*TOPICS, *IN_DIALOGUE, OUT_OF_SCOPE, CLARIFY)
