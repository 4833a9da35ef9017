"""Questions about someone else: another company's policy is not ours to tell, however privacy-minded the question."""

import re

# Companies that shoppers compare a shop with. Carriers and card networks are missing on purpose: they serve this shop's orders.
_COMPANIES = (
    r"amazon|walmart|target|wayfair|overstock|ikea|ebay|etsy|costco|lowe'?s|home ?depot|best ?buy|macy'?s|sears|kohl'?s"
    r"|lamps plus|lumens|ylighting|build\.com|temu|shein|aliexpress|alibaba|facebook|meta|instagram|whatsapp|tik ?tok|twitter"
    r"|snapchat|linkedin|pinterest|reddit|youtube|netflix|spotify|google|gmail|apple|microsoft|siri|alexa|chatgpt|openai|zoom"
    r"|equifax|my bank|my employer|my boss|my doctor|the irs|the government|the nsa"
)
_SUBJECT = re.compile(
    rf"^\W*(?:(?:hey|so|and|but|ok|btw|what|how|why|when|where|who|long|much)\W+)*"
    rf"(?:do|does|did|is|are|was|will|would|can|could|has|have|should)\s+(?:{_COMPANIES})\b",
    re.IGNORECASE,
)
_THIS_SHOP = re.compile(
    r"\b(?:you|u|your|ur|yours|you're|youre|bellacor|here|from us"
    r"|this (?:shop|store|site|website|page|company|chat)|the (?:shop|store|site))\b",
    re.IGNORECASE,
)


def about_others(text: str) -> bool:
    """Say whether ``text`` asks what another company does, without a word of this shop."""
    return bool(_SUBJECT.match(text)) and not _THIS_SHOP.search(text)
