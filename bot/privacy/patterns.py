"""Patterns of personal data; ``bot.privacy.recognition`` checks each match.

``bot.privacy.email_patterns`` has those of e-mail addresses.
"""

import re

_I = re.IGNORECASE

# --- numbers with a checksum ----------------------------------------------------------------------
_BETWEEN_DIGITS = r"(?:[\s.,/\-–—−_]{0,3}|\s*<br\s*/?>\s*)"
DIGITS = re.compile(rf"(?<!\d)\d(?:{_BETWEEN_DIGITS}\d){{12,}}")
IBAN = re.compile(r"(?<![a-z0-9])[a-z]{2}\d{2}(?:[ -]{0,2}[a-z0-9]){11,30}\b", _I)
_SSN_AREA = r"(?!000|666|9)\d{3}"
SSN = re.compile(
    rf"(?<![\d./-]){_SSN_AREA}(\s?[-–—−._/]\s?|\s)(?!00)\d{{2}}\1(?!0000)\d{{4}}(?![\d/-])"
)
_SSN_NAME = (
    r"(?:ssn|social(?: security)?(?: number| no| num| #)?|soc\.? sec\.?(?: no\.?)?|tax ?payer id)"
)
SSN_BARE = re.compile(
    rf"\b{_SSN_NAME}\D{{0,16}}({_SSN_AREA}(?:[\s.,/–—−_-]{{0,2}}\d){{6}})(?!\d)", _I
)
SSN_BEFORE_NAME = re.compile(
    rf"(?<!\d)(\d(?:[\s.,/–—−_-]{{0,2}}\d){{8}})(?!\d)[\s,]*(?:is|was|=|for)?\s*(?:my|the)\s+{_SSN_NAME}\b",
    _I,
)

# --- network --------------------------------------------------------------------------------------
IP_OBSCURED = re.compile(
    r"(?<![\w.])(?:ip)?\d{1,3}(?:(?:\[\.\]|\(\.\)| dot )\d{1,3}){3}(?![\w.])|(?<=\bip)\d{1,3}(?:\.\d{1,3}){3}(?![\w.])",
    _I,
)
IP = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}(?![\d]|\.\d)|(?:[0-9a-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4})(?![\w:]))",
    _I,
)
VERSION_CUE = re.compile(
    r"(?:version|chrome|firefox|safari|edge|ios|android|build|app|v)\.?\s*$", _I
)

# --- phone ----------------------------------------------------------------------------------------
_D = r"[\dOo]"
_GAP = r"[\s.,\-–—−‑/_]{0,3}"
_EXTENSION = r"(?:[\s,]*(?:ext\.?|extension|x|#)\s*\d{1,6}\b)?"
PHONE = re.compile(
    rf"(?<![\d$.#/-])(?:\+?0{{0,2}}1{_GAP})?(?:\(\s?[2-9]{_D}{{2}}\s?\)|[2-9]{_D}{{2}}|8OO){_GAP}[2-9]{_D}{{2}}{_GAP}{_D}{{2}}-?{_D}{{2}}(?!\d|-\d){_EXTENSION}"
)
PHONE_INTERNATIONAL = re.compile(
    rf"(?<![\w.])(?:(?:\+|00)\s?(?!1\b)[1-9]\d{{0,2}}(?:{_GAP}\(?\d{{1,5}}\)?){{2,6}}|0\d{{2,4}} \d{{3,4}} \d{{3,4}}|07\d{{3}} ?\d{{6}})(?!\d){_EXTENSION}"
)
PHONE_SPACED = re.compile(r"(?<!\d)\d(?: \d){9}(?! ?\d)")
_WORD = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|\d)"
PHONE_WORDS = re.compile(rf"\b{_WORD}(?:[\s,-]+(?:double\s+)?(?:{_WORD}|\d{{4}})){{6,10}}\b", _I)
PHONE_LOCAL = re.compile(
    rf"\b(?:cell|phone|mobile|tel|telephone|number|landline|home|work|call me|call|text|txt|reach me|reach|fax|ph|#)\b[^\d\n]{{0,20}}?(?<![\w-])([2-9]{_D}{{2}}[\s.\-–]?{_D}{{4}})(?![\d-])",
    _I,
)

# --- numbers of orders and customers --------------------------------------------------------------
_MARK = r"(?:\s*(?:number|num|no|nr|nº|id|code|#|№)\b\.?|\s*[#№])"
_IS = r"(?:[\s=:#\-\"'“]|\b(?:is|was)\b){0,12}"
_TOKEN = r"(?P<number>(?=[\w-]*\d)[a-z0-9]+(?:[-_][a-z0-9]+)*)"
_LONG = r"(?P<number>(?=[\w-]*\d)[a-z]{0,4}-?\d{5,}(?:-[a-z0-9]+)*|[a-z]{2,3}-\d{4,}-[a-z0-9]+)\b"
_ORDER = r"(?:(?:web|sales)\s+)?(?:orde?rs?(?:\s+confirmation)?|confirmation|purchase\s+order|po)"
_WORDS_BETWEEN = r"(?:\s+(?:in|on)\s+the\s+(?:\w+\s+)?\w+)?"
ORDER_NUMBERS = (
    re.compile(
        rf"\b{_ORDER}(?:{_MARK}|\s+nmbr)(?:'s)?{_WORDS_BETWEEN}{_IS}(?P<number>\d(?: \d{{3}}){{2,3}})\b",
        _I,
    ),
    re.compile(rf"\b{_ORDER}(?:{_MARK}|\s+nmbr)(?:'s)?{_WORDS_BETWEEN}{_IS}{_TOKEN}", _I),
    re.compile(rf"\b{_ORDER}(?:\s+is)?[\s:#(\"]+{_LONG}", _I),
    re.compile(rf"\borders\s+{_LONG.replace('?P<number>', '?:')}\s*(?:and|,|&)\s*{_LONG}", _I),
    re.compile(
        r"(?:[#№]\s?)?(?P<number>\b[a-z]{0,3}\d{5,})\b(?=\s+(?:is|was)\s+(?:my|the|our)\s+order)",
        _I,
    ),
    re.compile(rf"\b{_ORDER}[\s_]*(?:n°|ref(?:erence)?|number|no)?[\s:=]*{_LONG}", _I),
)
_CUSTOMER = r"(?:customer|cust|client|member(?:ship)?|(?:trade )?acc(?:oun)?t|account)"
CUSTOMER_NUMBERS = (
    re.compile(rf"\b{_CUSTOMER}{_MARK}{_WORDS_BETWEEN}(?:\s+label)?{_IS}{_TOKEN}", _I),
    re.compile(rf"\b(?:customer|account|acct)[\s.:]+{_LONG}", _I),
)

# --- postal address -------------------------------------------------------------------------------
_STATE_NAMES = (
    r"Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas"
    r"|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire"
    r"|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina"
    r"|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming"
)
_STATE = rf"(?:{_STATE_NAMES}|A[KLRZAEP]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])"
_STREET_TYPE = (
    r"(?:street|str|st|avenue|ave|av|road|rd|boulevard|blvd|drive|dr|lane|ln|court|ct|circle|cir|place|pl|terrace|ter|trail|trl|parkway|pkwy"
    r"|highway|hwy|way|square|sq|loop|point|pt|run|path|pike|plaza|alley|row|ridge|cove|crossing|xing|commons|bend|grove|hl|hill|hollow|glen|manor|walk)"
)
_UNIT = r"(?:[\s,;]+(?:(?:apt|apartment|unit|suite|ste|lot|floor|bldg|building|room|rm)\b\.?\s*#?\s*[\w-]+|\d+(?:st|nd|rd|th)\s+floor|#\s*[\w-]+))*"
_CITY = r"(?:[\s,;]+[A-Za-z.'’-]+(?:\s[A-Za-z.'’-]+){0,2}?)?"
_TAIL = rf"(?:{_CITY}[\s,;]+{_STATE}\b\.?(?:[\s,;]+\d{{5}}(?:-\d{{4}})?)?(?:[\s,]+(?:usa?|united states)\b)?|[\s,;]+(?:[A-Za-z.]+[\s,]+)?\d{{5}}(?:-\d{{4}})?\b)?"
_NUMBER = r"(?<![\w$./-])#?(?:n?\d{1,6}(?:-\d+)?[a-z]?(?:\s1/2)?),?\s+"
_DIRECTION = r"(?:[nsew]{1,2}\.?\s+|north\s+|south\s+|east\s+|west\s+)?"
_FOREIGN = r"(?:avenida|calle|camino|paseo|via)\s+(?:del?\s+)?(?:la\s+|los\s+)?\w+"
_NUMBERED = r"(?:county|state|us)\s+(?:road|rd|route|rte|hwy|highway)\s+\w+"
_NAME = r"(?!(?:am|pm|of|and|or|but|on|at|with|from|near|light|lights|star|foot|ft|inch|in|bulbs?|lamps?|days?|weeks?|x|for|is|to)\b)[A-Za-z0-9'’.-]+\s+"
STREET = re.compile(
    rf"(?:{_NUMBER}{_DIRECTION}(?:{_NUMBERED}|{_FOREIGN}|(?:{_NAME}){{1,5}}{_STREET_TYPE}\b\.?|broadway\b)"
    rf"|\bone\s+(?-i:[A-Z][\w'’.-]+\s+){{1,2}}{_STREET_TYPE}\b)"
    rf"(?:\s+\d+\b)?(?:\s+(?:n|s|e|w|ne|nw|se|sw)\b\.?)?{_UNIT}{_TAIL}",
    _I,
)
PO_BOX = re.compile(
    rf"\b(?:p\.?\s?o\.?\s*box|pob|post office box|rr\s*\d+\s*box|rural route\s*\d+,?\s*box|hc\s*\d+\s*box|psc\s*\d+,?\s*box)\s*#?\s*\d+\w*{_TAIL}",
    _I,
)
