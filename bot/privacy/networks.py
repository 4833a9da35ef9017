"""Numbers with a form of their own: IBAN, IP addresses and addresses of network cards."""

import ipaddress
import re
from collections.abc import Iterator

from stdnum import iban

from bot.privacy.finding import Found
from bot.privacy.reading import Reading

_I = re.IGNORECASE
# Characters of an account number of each country, of the registry of ISO 13616.
_IBAN_LENGTHS = {
    entry[:2]: int(entry[2:])
    for entry in """
        AL28 AD24 AT20 AZ28 BH22 BY28 BE16 BA20 BR29 BG22 BI27 CR22 HR21 CY28 CZ24 DK18 DJ27
        DO28 EG29 SV28 EE20 FK18 FO18 FI18 FR27 GE22 DE22 GI23 GR27 GL18 GT28 HU28 IS26 IQ23
        IE22 IL23 IT27 JO30 KZ20 XK20 KW30 LV21 LB28 LY25 LI21 LT20 LU20 MT31 MR27 MU30 MD24
        MC27 MN20 ME22 NL18 NI28 MK19 NO15 OM23 PK24 PS29 PL28 PT25 QA29 RO24 RU33 LC32 SM27
        ST25 SA24 RS22 SC31 SK24 SI19 SO23 ES24 SD18 SE24 CH21 TL23 TN24 TR26 UA29 AE23 GB22
        VA22 VG24
    """.split()
}
_IBAN = re.compile(
    r"(?<![a-z0-9])(?P<country>[a-z] ?[a-z]) ?\d ?\d(?:[\s./-]{0,3}[a-z0-9]){11,30}", _I
)
_MOST_DIGITS = 11  # from so many digits on, groups of four are an IBAN even with a slip
_NAMED = re.compile(r"\biban\W*(?:\w+\W+){0,3}$", _I)
_MARKS = re.compile(r"[\s./-]")
_IN_FOURS = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -][A-Z0-9]{4}){3,7}(?:[ -][A-Z0-9]{1,4})?\b")
_IP_SPACED = re.compile(r"\bip\b\D{0,20}(?P<ip>\d{1,3}(?:[ ,]{1,2}\d{1,3}){3})(?![\d,.])", _I)
_IP_OBSCURED = re.compile(
    r"(?<![\w.])(?:ip)?\d{1,3}(?:(?:\[\.\]|\(\.\)| dot )\d{1,3}){3}(?![\w.])"
    r"|(?<=\bip)\d{1,3}(?:\.\d{1,3}){3}(?![\w.])",
    _I,
)
_IP = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}(?![\d]|\.\d)"
    r"|(?:[0-9a-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4})(?![\w:]))",
    _I,
)
_MAC = re.compile(r"(?<![\w:-])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![\w:-])", _I)
_WALLET = re.compile(r"\b(?:bc1[a-z0-9]{25,60}|[13][A-HJ-NP-Za-km-z1-9]{25,34}|0x[0-9a-f]{40})\b")
_VERSION_CUE = re.compile(
    r"(?:version|chrome|firefox|safari|edge|ios|android|build|app|v|ver|firmware|release|section|table"
    r"|figure|fig|chapter|step|bootloader|update|fw|software|sw|driver|sec|part|page)[.:]?\s*$",
    _I,
)
_VERSION_AFTER = re.compile(r" (?:version|firmware|update|release)\b", _I)
_BEFORE = 20  # characters in which a version is named


def ibans(reading: Reading) -> Iterator[Found]:
    """Yield international bank account numbers, valid or named as one."""
    text = reading.text
    for match in _IBAN.finditer(text):
        start = match.start()
        length = _IBAN_LENGTHS.get(match["country"].replace(" ", "").upper())
        if length is None:
            continue
        end = _end_after(text, start, length)
        if end and iban.is_valid(_MARKS.sub("", text[start:end]), check_country=False):
            yield "iban", start, end
        elif _NAMED.search(text[max(0, start - 30) : start]):
            yield "iban", start, _end_of_groups(match)
    for match in _IN_FOURS.finditer(text):
        known = match.group()[:2] in _IBAN_LENGTHS
        if known and sum(map(str.isdigit, match.group())) >= _MOST_DIGITS:
            yield "iban", *match.span()


def _end_after(text: str, start: int, length: int) -> int | None:
    """Return the place after so many letters and digits; None if the text or the word goes on."""
    place = start
    while length and place < len(text):
        length -= text[place].isalnum()
        place += 1
    return None if length or text[place : place + 1].isalnum() else place


def _end_of_groups(match: re.Match[str]) -> int:
    """Return the end of the groups with a digit: words may follow."""
    end = match.end()
    for word in re.finditer(r"[a-z0-9]+", match.group(), re.IGNORECASE):
        if any(map(str.isdigit, word.group())):
            end = match.start() + word.end()
    return end


def networks(reading: Reading) -> Iterator[Found]:
    """Yield IP addresses and addresses of network cards; versions are none."""
    text = reading.text
    for match in _IP.finditer(text):
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        is_version = _VERSION_CUE.search(before) or _VERSION_AFTER.match(text, match.end())
        if is_version or match.group() == "::":
            continue
        try:
            ipaddress.ip_address(match.group())
        except ValueError:
            continue
        yield "ip", *match.span()
    for pattern in (_IP_OBSCURED, _MAC):
        for match in pattern.finditer(text):
            yield "ip", *match.span()
    for match in _IP_SPACED.finditer(text):
        yield "ip", *match.span("ip")
    for match in _WALLET.finditer(text):
        if re.search(r"\d", match.group()) and re.search(r"[a-zA-Z]", match.group()):
            yield "bank_account", *match.span()
