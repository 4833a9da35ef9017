"""Patterns of words that announce a name; ``bot.privacy.names`` decides whether one follows."""

import re

STRONG = re.compile(
    r"\b(?:(?:my|her|his|our|the|full|first|last|legal|maiden|sur|family|whose|account|billing|wife's|husband's)\s{0,2}"
    r"(?:full |first |last |legal |maiden |family )?na?me?(?: on (?:the|my) (?:account|card|order|file))?\s{0,2}(?:is|was|'s|:|=|-)"
    r"|(?:first|last|full|recipient|customer|put the|maiden|card ?holder|delivery|shipping|contact) name(?: is|:| =)?|name\s?[:=]|me llamo|mi nombre es|je m'?appelle|ich hei(?:ß|ss)e|name'?s|name (?:is|was)|name on (?:(?:the|my|this) )?(?:order|account|card|box|label|package)(?: is| was)?(?= )|name,(?= [A-Z])|(?<![^\n])name(?= [A-Z])|(?:am|'m|is) called|mine is(?= [A-Z])|with the name|signed for by|ask for(?= [A-Z])|my name|card ?holder name|attention(?: of)?|attn:?|i go by|(?:registered|listed|filed|account|order|it|booked|signed up)?\s?(?:is |'s )?under (?:the )?name(?: of)?"
    r"|in the name of|they call me|call me(?=\s+(?!I\b)[A-Z])|account holder(?:'s name)?(?: is|:)?"
    r"|cardholder(?: is|:)?|account belongs to|mr\.?|mrs\.?|ms\.?)[\s:,\"'“-]{1,4}",
    re.IGNORECASE,
)
# A text without one of these words has no strong cue.
WORDS_OF_STRONG = frozenset(
    """
        name names nam nme llamo nombre appelle mappelle heiße heisse called mine signed ask attention attn
        go call holder cardholder belongs mr mrs ms
    """.split()
)
WEAK = re.compile(
    r"\b(?:under|listed as|this is|it's|it is|its|i'm|im|i am|here is|here's|speaking is|thanks,?|thank you,?|thx,?|love,|best,|for|to|delete|remove|forget|"
    r"(?:my|the)\s(?:husband|wife|mother|mom|father|dad|son|daughter|partner|brother|sister|spouse|friend|boss|late husband|neighbor|grandmother|grandma)(?:'s)?(?: is| named| called|,)?|"
    r"account(?: of| for)?|acct|customer|dear|hi|hello|attn:?|signed|sincerely,?|signed,?|(?:kind |best |warm )?regards,?|yours truly,?|cheers,|[-–—])[\s:,\"'“]{1,3}",
    re.IGNORECASE,
)
INTRODUCES = re.compile(r"this is|i'm|im|i am|signed|sincerely|(?:\w+ )?regards", re.IGNORECASE)
HERE = re.compile(r"(?<![\w'])(?P<name>[a-z'-]+ [a-z'-]+|[a-z'-]+) here\b", re.IGNORECASE)
IS_MY_NAME = re.compile(
    r"(?<![\w'])(?P<name>[\w'-]+(?: [\w'.-]+){1,2}) (?:is|was) (?:my|her|his|our) (?:full |last )?name\b",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))*\.?")
