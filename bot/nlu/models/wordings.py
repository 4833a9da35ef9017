"""Wordings that name a topic whatever else a message says: this chat, a theft, a law.

People tell of such things in words that no examples exhaust, beside words of other topics: "will
you sell what I say here?", "somebody is in my account and orders lamps". So what names the matter
itself decides, where the classifier is unsure or took the other words for it.
"""

import re
from dataclasses import dataclass

from bot.topics import CLARIFY, OUT_OF_SCOPE

_ME_HERE = (
    r"(?:say|said|saying|tell|told|telling|type|typed|typing|write|wrote|writing|written|ask|asked"
    r"|confide|put|enter|entered|mention|mentioned)"
)
_THIS_CHAT = re.compile(
    r"\b(?:this|our|these|the|my|ur|your) (?:little |whole |own )?(?:chats?|conversations?|convo|dialog(?:ue)?|talk|exchange"
    r"|transcript|chat (?:history|window|log)|correspondence)\b(?! (?:provider|compan|function|service|vendor|software))"
    rf"|\b(?:what|things?|anything|everything|stuff|words|that) (?:i|we|people|customers|shoppers)(?:'ve|'m| am| have)? (?:just |ever |already )*{_ME_HERE}"
    r"(?: to)? (?:you|u|the (?:bot|assistant|robot|chatbot)|(?:in )?here|in this \w+|above)\b"
    r"|\bmy (?:questions|messages|words|remarks|typing|texts)(?: to you| here| in here)\b"
    r"|\b(?:this|the) (?:bot|assistant|chatbot|robot) (?:itself )?(?:store|stores|save|saves|keep|keeps|collect|collects|remember|remembers|record|records|log|logs|gather|know|knows)\b"
    r"|\bdoes (?:this|the) (?:bot|assistant|chatbot|robot) (?:itself )?(?:store|save|keep|collect|remember|record|log|gather|know|hang on)\b",
    re.IGNORECASE,
)
_KEEPING = re.compile(
    r"\b(?:keep|kept|keeps|keeping|stor\w+|sav(?:e|ed|es|ing)|log(?:s|ged|ging)?|record\w*|read|reads|reading|see|sees|seen|look\w*|shar\w+|sold|sell|selling"
    r"|file|train\w*|learn\w*|visible|private|privacy|secret|confiden\w+|encrypt\w*|secure|safe|access|long|forever|used?|using|pass\w*|sent"
    r"|company|tied|linked|connected|remember\w*|noted|notes|down|kept|policy|monitor\w*|anonym\w+|who|where|happens?|becomes?|collect\w*|gather\w*|know)\b",
    re.IGNORECASE,
)
# The policy tells of these.
_PROVIDER = (
    r"\b(?:provider|vendor|software|outfit|(?:other|another|different|outside) (?:firm|company|business)"
    r"|third[- ]part(?:y|ies)|chat (?:compan|function|service|tool)|who (?:runs|do|does) (?:the|your))"
)
_NO_QUESTION_OF_IT = re.compile(
    rf"{_PROVIDER}|\bconversation (?:floor|table|lamp|piece|pit)"
    r"|\b(?:delet|eras|wip(?:e|ing)|forget|remov|clear|destroy|purge|scrub|get rid|nuke|drop)",
    re.IGNORECASE,
)

_MINE = r"(?:my|our|(?:my|our|his|her) (?:\w+ ?'?s?|elderly \w+|\w+ \w+'?s))"
_VALUABLE = (
    r"(?:(?:credit|debit|bank|saved) ?)*(?:cards?|card (?:number|details|info)|visa|mastercard|amex|account|login|log-?in|password|identity|wallet"
    r"|purse|handbag|phone|laptop|money|savings|name|e-?mail|ssn|social security number|details)"
)
_TAKEN = (
    r"(?:stole|stolen|cloned|hacked|drained|emptied|gone|compromised|misused|abused|hijacked|jacked|taken over|broken into|skimmed|lost|leaked"
    r"|used (?:by|without|fraudulently|at|in|to)|swiped|snatched|in (?:the )?wrong hands)"
)
_STRANGER = (
    r"(?:somebody|someone|some1|sum1|sombody|a (?:stranger|thief|crook|hacker|scammer|swindler|criminal|man|caller|guy)|an intruder|thieves|they|he|she|who)"
    r"(?: else)?(?:'s| is| has| have)?"
)
_DISTRESS = re.compile(
    rf"\b{_MINE} {_VALUABLE}(?: \w+){{0,3}} (?:was|were|is|has been|have been|got|been|just got)? ?{_TAKEN}\b"
    rf"|\b{_STRANGER} (?:just )?(?:stole|steals|stealing|used|using|uses|has got|got|got hold of|got into|took|took over|hacked|broke into|cloned|charged|emptied"
    rf"|drained|opened|ordered|logged in(?:to)?|signed in(?:to)?|changed|in|inside) (?:with |of |a \w+ (?:on|in|with) |the \w+ on )?{_MINE} {_VALUABLE}\b"
    rf"|\b{_STRANGER} (?:order\w*|buy\w*|bought|purchas\w+|pretend\w*|shopp\w+) (?:\w+ ){{0,4}}(?:with|in|to be|using|on) (?:my|me)\b"
    r"|\b(?:you|your (?:company|firm|shop|store)|the store|it) (?:have |has )?(?:charged?|took|taken|debited)\b.{0,60}\b(?:never|didn'?t|not) (?:bought|buy|ordered|order|shopped|been|made|authori[sz]ed?|know)"
    r"|\b(?:charge|payment|purchase|transaction|order|debit|invoice)s?\b.{0,40}\b(?:i|we) (?:never|didn'?t|did not|do not|don'?t) (?:\w+ ){0,2}(?:make|made|authori[sz]e|recogni[sz]e|know|order|place)"
    r"|\b(?:unauthori[sz]ed|fraudulent|unknown|suspicious) (?:charge|payment|purchase|transaction|order|login)s?\b"
    r"|\bi(?:'ve| have| was| got|'ve been| have been| think i was| just got)+ (?:been )?(?:hacked|scammed|swindled|defrauded|conned|phished|robbed|tricked|impersonated)\b"
    r"|\bi(?:'m| am) (?:so |really |very )?(?:scared|terrified|frightened|panicking|freaking out|trembling|shaking)\b.{0,80}\b(?:card|account|data|info\w*|details|address|identity|money|hack\w*)\b"
    r"|\bvictim of (?:fraud|identity theft|a scam)\b",
    re.IGNORECASE,
)
_HYPOTHETICAL = re.compile(
    r"\b(?:what if|if (?:my|your|you|somebody|someone|a)|could|would|can (?:someone|somebody|a|hackers)|might|ever|how likely|before|prevent|protect|stop (?:them|hackers|people)|going to|gonna|amazon|equifax|facebook|instagram|netflix|target|twitter|somewhere else|last year|danger|afraid of)\b",
    re.IGNORECASE,
)

_LAWS = (
    r"(?:gdpr|ccpa|cpra|dsgvo|lgpd|pipeda|vcdpa|tdpsa|calopp?a|mcdpa|hipaa|can-?spam|shine the light"
    r"|privacy (?:laws?|acts?|statutes?|rights)|data protection (?:laws?|acts?|authority|statutes?|rights)|(?:my|our|legal|consumer|customer) rights|state laws?"
    r"|supervisory authority|privacy regulator|rights (?:do|have|are|of))"
)
_HERE = r"(?:you|your|u|ur|here|the (?:store|shop|policy)|this (?:store|shop))"
_RIGHTS = re.compile(
    rf"\b{_LAWS}\b.{{0,80}}\b{_HERE}\b|\b{_HERE}\b.{{0,80}}\b{_LAWS}\b",
    re.IGNORECASE,
)
_IN_GENERAL = re.compile(
    r"\b(?:what is|what's|legal|in (?:florida|minnesota|california)|i record|explain|define|meaning of|in general|difference between|history of|homework|essay|my (?:boss|landlord|employer|doctor|school|bank)"
    r"|facebook|google|amazon|apple|tiktok|tenant|return|refund|warranty|employees?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Wording:
    """Words that name a topic, and the intents that they overrule."""

    topic: str
    words: re.Pattern[str]
    over: frozenset[str]
    also: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    even_if_sure: bool = False

    def names(self, text: str, intent: str, sure: bool) -> bool:
        """Return whether a text names the topic in place of an intent."""
        return (
            intent in self.over
            and (self.even_if_sure or not sure)
            and bool(self.words.search(text))
            and (self.also is None or bool(self.also.search(text)))
            and not (self.unless and self.unless.search(text))
        )


_CALLS = re.compile(
    r"\b(?:do|are|will|did|does|is|can|am)\b.{0,40}(?:\brecord\w*\b.{0,20}\b(?:calls?|phone)\b"
    r"|\bcalls?\b.{0,30}\brecord(?:ed|ing)\b|\b(?:listen\w*|monitor\w*)\b.{0,15}\bcalls?\b)",
    re.IGNORECASE,
)
_UNSURE = frozenset({CLARIFY, OUT_OF_SCOPE})
_HELD = frozenset(
    {"collection", "use", "sharing", "selling", "security", "encryption", "retention", "tracking"}
)
_WORDINGS = (
    _Wording(
        "distress",
        _DISTRESS,
        _UNSURE | {"selling", "tracking", "contact", "external_links", "children", "sharing"},
        unless=_HYPOTHETICAL,
    ),
    _Wording(
        "this_chat",
        _THIS_CHAT,
        _UNSURE | _HELD,
        also=_KEEPING,
        unless=_NO_QUESTION_OF_IT,
        even_if_sure=True,
    ),
    _Wording("collection", _CALLS, _UNSURE, unless=_IN_GENERAL),
    _Wording("rights", _RIGHTS, _UNSURE | {"policy_scope"}, unless=_IN_GENERAL),
)


def named_topic(text: str, intent: str, sure: bool = False) -> str | None:
    """Return the topic that a text names in so many words, in place of an intent; or None.

    ``sure`` means that the classifier has no doubt about the intent.
    """
    return next((one.topic for one in _WORDINGS if one.names(text, intent, sure)), None)
