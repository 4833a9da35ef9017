"""Patterns of passwords, names of users and days of birth, with the words before them."""

import re

SAYS = r"\s{0,3}(?:[:=]|->|\b(?:is|was|are|to|ist|es|should be|i use is|we use is)\b(?:\s{0,2}:)?|'s\b)\s{0,3}"
QUOTED = r"[\"'“‘](?P<quoted>[^\"'”’\n]{3,60})[\"'”’]"
TOKEN = r"(?P<token>[^\s\"“”]\S{1,63})"
PASS = r"(?:passwort|contrase[nñ]a|mot de passe|p/w|pass\s?words?|pas+w[rod]{2,3}ds?|passwrod|passwd|pwd|pw|psw|pass|passcode|passphrase)"
# A text without one of these has no word for a password.
PARTS_OF_PASS = ("pas", "pw", "psw", "p/w", "contrase", "mot de")
PASSWORD_SAID = re.compile(
    rf"\b{PASS}(?:\s+(?:for|on|to|at|with|i|you|we|they)\s+(?:\w+\s+){{1,4}}?|\s+)?{SAYS}(?:{QUOTED}|{TOKEN})",
    re.IGNORECASE,
)
PASSWORD_BESIDE = re.compile(rf"\b{PASS}\s+(?:{QUOTED}|{TOKEN})", re.IGNORECASE)
PASSWORD_BEFORE = re.compile(
    rf"(?<!\S)(?P<token>\S{{4,64}})\s+(?:is|was|as|for)\s+(?:my|the|our)\s+(?:\w+\s+)?{PASS}\b",
    re.IGNORECASE,
)
SERVICE = (
    r"(?:user\s?name|user|login|log\s?in|screen\s?name|handle|skype|venmo|instagram|insta|snapchat|snap|twitter"
    r"|discord|cash\s?app|telegram|tiktok|facebook|paypal|linkedin)"
)
# A text without one of these names no service.
PARTS_OF_SERVICE = (
    "user login log screen handle skype venmo insta snap twitter discord cash telegram tiktok "
    "facebook paypal linkedin"
).split()
USERNAME = re.compile(
    rf"\b(?:my\s+)?{SERVICE}(?:\s+(?:name|id|handle))?"
    rf"(?:{SAYS}@?|\s+@|\s?\.com/(?:in/)?@?)(?P<token>[\w.:-]{{3,40}})",
    re.IGNORECASE,
)
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]{0,6}\.?"
DAY = r"\d{1,2}(?:st|nd|rd|th)?"
YEAR = re.compile(r"\W{1,4}(?:is |in )?(?P<year>(?:19|20)\d\d)(?![\d./-])")
DATE = re.compile(
    rf"(?<!\d)(?:\d{{1,4}}\s?[-./,\s]\s?\d{{1,2}}\s?[-./,\s]\s?\d{{1,4}}|{MONTH},?\s?{DAY}(?:,?\s?(?:of\s)?'?\d{{2,4}})?"
    rf"|{DAY}\s?(?:of\s)?[-/. ]?{MONTH}(?:[-,./ ]{{0,2}}'?\d{{2,4}})?|\d{{8}}|\d{{6}})(?!\d)",
    re.IGNORECASE,
)
BEFORE = re.compile(
    rf"(?P<date>{DATE.pattern})\s{{0,2}}(?:is|was|\(|,|=)\s{{0,2}}(?:my\s|the\s)?"
    r"(?:dob|birth\s?day|bday|date of birth|birth\s?date|born)\b",
    re.IGNORECASE,
)
