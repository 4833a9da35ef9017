"""Patterns of messages from children under 13; ``bot.privacy.children`` decides on each match."""

import re

SPELLED = {
    **{
        word: age
        for age, word in enumerate(
            "three four five six seven eight nine ten eleven twelve thirteen".split(), start=3
        )
    },
    **{
        "elevin": 11,
        "elevn": 11,
        "tweleve": 12,
        "twelv": 12,
        "twelfe": 12,
        "nien": 9,
        "eigth": 8,
        "eigt": 8,
        "thirten": 13,
        "fve": 5,
        "fiv": 5,
        "sevn": 7,
    },
}
_AGE = rf"(?P<age>1[0-3]|[3-9]|{'|'.join(sorted(SPELLED, key=len, reverse=True))})(?![\d/%°])"
_HALF = r"(?:\s*(?:and a half|and a quarter|and three quarters|1/2|½))?"
_YEARS = r"\s*-?\s*(?:(?:years?|yrs?|y[aers]{3,4})\.?(?:[\s-]*old?s?|[\s]+of age)?(?=\W|$)|y\.?\s*/?\s*o\b\.?|y\b)"

_I_AM = r"(?:\bi\s?['’`´]?\s?a?m\b|\biam\b|\bima\b|\bi (?:be|iz|is)\b|(?:^|[.,;!?]\s*)m\b)"
_I_WILL_BE = (
    r"(?:\bi\s?['’]?(?:ll| will| wont| won['’]t)\s+(?:only\s+|just\s+|not\s+|finally\s+)?(?:be|turn)|\b(?:about to|bout to|gonna) turn|\bi\s?['’]?\s?a?m\s+(?:only\s+|just\s+)?(?:turning|almost|nearly|going to be|gonna be)|(?:^|[.,;:!?]\s*)(?:almost|turning|not quite)"
    r"|\bi (?:turn|become))"
)
_WE_ARE = (
    r"\b(?:me and my \w+|my \w+ and (?:i|me)) (?:are|r)(?: both)?|\b(?:i'?ve|i have) been alive for"
)
_ADVERBS = r"(?:\s+(?:a|an|only|just|like|about|aged|actually|currently|still|really|literally|now|officially|already|barely|probably|kid|a kid))*[\s,]*"

# Words after a bare number that show an age, because a new thought begins. Names of things that are
# counted or measured are not among them.
_GOES_ON = (
    r"and but so n nd or not can could do does did is are am r will would should may might who what whats why how where when if cuz cause because btw lol haha lmao rn "
    r"turning too also plz pls please ok okay now today yesterday next tho though i im my u you dont this that it the then old boy girl yes yeah wanna want whose whos as hi hello happy he she we they right fr frfr ngl almost idk bored thats hehe bro dude sis"
).split()
_A_THOUGHT_ENDS = (
    rf"(?=\s*(?:$|[.,;:!?)(\"…–—-]|[^\x00-\x7f])|\s+(?:{'|'.join(_GOES_ON)}|going on|in (?:like )?(?:a |two |three |\d )?(?:week|month|january|february|march|april|may|june|july|august|"
    r"september|october|november|december)s?|on (?:here|my|mon|tues|wednes|thurs|fri|satur|sun)\w*|last (?:week|month)|soon|this (?:week|month|year))\b)"
)
_NO_AGE = (
    r"(?!\s*[.,:]\d|\s*[-–—]\s*\w|\s+(?:am|pm)\b(?! i)|\s+(?:and|or|to) (?:\d|a half (?:feet|foot|hour|mile|inch))|\s*,?\s*(?:maybe \d+ )?(?:feet|foot|ft|min|hour|mile|star)s?\b"
    r"|\s+i['’]?m not \d)"
)
_YEARS_OF_SOMETHING = r"(?!\s+(?:ago|in|with|sober|into|away|behind|late|older|younger|clean|married|a customer|at|since|post|of)\b)"
_STATED = rf"{_AGE}{_HALF}(?:{_YEARS}{_YEARS_OF_SOMETHING}|{_NO_AGE}{_A_THOUGHT_ENDS})"
_START = r"(?:^|[.,;:!?(]\s*|[^\x00-\x7f]\s*|\b(?:hi+|hello|hey+|well|so|ok|yo|ngl|and)\b,?\s+)"

_GRADE = r"(?:(?:1st|2nd|3rd|4th|5th|6th|first|second|third|fourth|forth|fifth|sixth)[\s-]*grade(?:rs?)?\b|(?:grade|year)\s+(?:[1-6]|one|two|three|four|five|six)\b(?! of))"
_SCHOOL = r"(?:kinderg(?:art|ard)[ea]n(?:er)?|preschool(?:er)?|pre-?k|elementary(?:\s+school(?:er)?)?|primary school)\b"
_WORKS_THERE = r"(?!\s*(?:math |science |school )?(?:teacher|aide|classroom|principal|volunteer|counsel|secretary|librarian|parent|nurse|mom|dad|tutor|custodian|teach|staff|office|bus))"

_PATTERNS = (
    rf"(?:{_I_AM}|{_WE_ARE}){_ADVERBS}(?:boy |girl |kid )?{_STATED}",
    rf"{_I_AM} (?:just |only )?an? (?:little )?kid\b[\s,]*(?:and |who ?['’]?s |of )?(?:im |i'm |i am )?{_STATED}",
    rf"{_START}kid here[\s,]*{_AGE}\b",
    rf"{_I_WILL_BE}\s+(?P<soon>){_AGE}{_HALF}{_NO_AGE}{_A_THOUGHT_ENDS}",
    r"\b(?:wont|won['’]t|will not) be (?:13|thirteen) (?:un)?til|\b(?:un)?till? (?:i['’]?m|i am|i turn) (?:13|thirteen)\b",
    rf"(?:\bi(?:['’]ve)?(?: just?| only| recently| finally)?|{_START}just|\bi have just) turned\s+{_AGE}{_NO_AGE}{_A_THOUGHT_ENDS}",
    rf"(?:\bmy age(?: is| its)?|\bhow old (?:i am|am i)\W*|\bpeople my age|(?:^|[.,;(]\s*|\bboy |\bgirl |\bkid )age[d]?)\s*[:=(]?\s*{_AGE}(?=\s*(?:$|[.,;!?)]|and|from|girl|boy|here|can|lol|years))",
    rf"\b(?:as|being)\s+(?:an?\s+)?(?:kid (?:who ?['’]?s )?)?{_AGE}(?:{_YEARS}(?! (?:lamp|house|account|customer))|\s+(?:do|can|am|is|will|should)\b)",
    rf"{_START}(?:an?\s+)?{_AGE}{_HALF}{_YEARS}(?<!olds)(?=\s*(?:$|[.,;:!?)]|[^\x00-\x7f]|(?:here|from|girl|boy|kid|and|n|can|lol|asking|wants?|wondering|student|but|so|rn|bored|what|do|is)\b))",
    rf"(?:^|[.,;:!?(\s]){_AGE}\s?[fm](?=\s*(?:$|[.,;:!?)]|(?:here|from|and|can|lol|do|is|wondering|usa)\b))",
    rf"\bi have {_AGE} years? old\b",
    rf"{_START}(?:only |just )?{_AGE} here\b",
    rf"\bthis is an? {_AGE}{_YEARS} (?:typing|writing|asking|here)\b",
    r"\bi (?:haven'?t|have not|havent) turned (?:13|thirteen)\b",
    r"(?<!if )\bmy (?:[4-9]|1[0-3])th (?:birthday|bday)\b(?! (?:order|lamp|party supplies))",
    r"\bmy (?:birthday|bday)\b.{0,40}\b(?:be|turn|turning) (?:1[0-3]|[4-9])\b(?! ?\d)",
    rf"(?:{_I_AM}|\bwe ?['’]?\s?a?re\b|\bi (?:just )?(?:go to|attend|start|started|finished)|{_START}(?:going|starting|moving) (?:in)?to)(?:\s+(?:only|just|still|a|an|the|in|into|at|going|going into|starting))*\s+(?:{_GRADE}|{_SCHOOL}){_WORKS_THERE}",
    rf"(?:{_START}|\bas )(?:an? )?{_GRADE}(?: student)?(?: here)?(?=\s*(?:$|[.,;:!?)]|here|and i|lol|can i|i )){_WORKS_THERE}",
    rf"\bmy (?:homework (?:for|in) )?(?:class is the )?{_GRADE}s?(?: (?:teacher|class|homework|project))?\s+(?:is|at|says|said|told|made|asked|gave|wants)\b",
    rf"(?:{_I_AM}(?: still| only)?\s*(?:under|below|younger than|not (?:even |yet )?)\s*(?:the age of )?(?:13|thirteen)\b(?=\s*(?:$|[.,;!)]|here|and|but|so|can|do|yet|lol|is that))|{_START}(?:under (?:13|thirteen) here|not (?:13|thirteen) yet)\b)",
    rf"{_I_AM} (?:just )?(?:an? )?(?:little (?:kid|girl|boy)|younger than (?:13|thirteen)|under[\s-]?(?:13|thirteen))\b(?! at heart)",
)
SHOWS_A_CHILD = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _PATTERNS)

_RELATIVE = r"(?:son|daughter|kid|child|boy|girl|nephew|niece|grandson|granddaughter|grandkid|brother|sister|student|cousin|he|she|they|someone|customer|kiddo)"
# Words just before a match that show another person's age, a quotation, or a figure of speech.
NOT_MEANT = re.compile(
    rf"\b{_RELATIVE}\b[^.!?]{{0,25}}\b(?:says?|said|told|typed|wrote|tells|claims?|put|goes|types|entered|thinks|yell\w*|scream\w*|shout\w*|brag\w*)\b[^.!?]{{0,15}}$"
    r"|\b(?:(?:explain|talk|speak|treat|treated|treating|act|acting|explains)\b[^.!?]{0,20} like|as if|as though|pretend|imagine|when|wish|thinks?)\W*$"
    r"|\bwhat (?:happens |do you do )?if\W*$"
    r"|\b(?:my|our|her|his|their|your)\s+(?:\w+\s+){0,2}?(?:son|daughter|kid|child|niece|nephew|grandson|granddaughter|brother|sister|student|twin|triplet)s?\W*$",
    re.IGNORECASE,
)
