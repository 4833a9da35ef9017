"""Languages that the bot recognises and does not speak (``data/languages.yml``), and its answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.paths import DATA_DIR
from bot.policy.errors import PolicyError
from bot.policy.facts import Facts
from bot.policy.hours import WeeklyHours
from bot.policy.yaml_files import Problem, read_yaml, shown

FILE = DATA_DIR / "languages.yml"
_TEXTS = ("name", "says", "phone", "write", "nothing", "to")
_KEYS = {*_TEXTS, "days", "words", "weak", "script", "spacy", "letters"}
_ENGLISH = "I am sorry, I understand only English here. For anything else, ask our support team"


@dataclass(frozen=True)
class Language:
    """A language: how it is recognised, and the sentence that the bot says in it."""

    code: str
    name: str
    says: str
    phone: str
    write: str
    nothing: str
    to: str
    days: tuple[str, ...]
    words: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    script: str = ""
    spacy: str = ""
    letters: str = ""

    def sentence(self, known: Facts) -> str:
        """Return that the bot understands only English, and how to reach support."""
        number, hours = known.text("support_phone"), known.support_hours
        address = known.text("privacy_email") or known.text("mail_address")
        if number and hours:
            reach = self.phone.format(phone=number, hours=self._hours(hours))
        elif address:
            reach = self.write.format(address=address)
        else:
            reach = self.nothing
        return self.says.format(reach=reach)

    def _hours(self, hours: WeeklyHours) -> str:
        parts = [
            f"{self._days(first, last)} {opens:%-H:%M}–{closes:%-H:%M}"
            for first, last, (opens, closes) in hours.groups()
        ]
        return f"{', '.join(parts)}, {hours.zone_name}"

    def _days(self, first: int, last: int) -> str:
        if first == last:
            return self.days[first]
        return f"{self.days[first]} {self.to} {self.days[last]}"


def answer_in(code: str, known: Facts) -> str:
    """Return the answer to a message in a language; in English for one that the file lacks."""
    language = load_languages().get(code)
    if language is None:
        reach = f": {known.reach}" if known.reach else ""
        return f"{_ENGLISH}{reach}."
    return language.sentence(known)


def facts_in_answer(known: Facts) -> tuple[str, ...]:
    """Return the names of the facts that an answer in another language tells."""
    if "support_phone" in known.by_name and known.support_hours:
        return ("support_phone", "support_hours")
    return tuple(name for name in ("privacy_email", "mail_address") if name in known.by_name)[:1]


@cache
def load_languages(path: Path = FILE) -> dict[str, Language]:
    """Return the languages by code; raises PolicyError for one that is not complete."""
    found = {}
    for code, entry in read_yaml(path).items():
        missing = {*_TEXTS, "days"} - set(entry)
        if missing or set(entry) - _KEYS or len(entry["days"]) != 7:
            raise PolicyError(
                f"{shown(path)}: {code} needs {', '.join((*_TEXTS, 'days'))} (seven), "
                f"and may have {', '.join(sorted(_KEYS))}."
            )
        found[str(code)] = _language(str(code), entry)
    return found


def _language(code: str, entry: dict[str, Any]) -> Language:
    def listed(name: str) -> tuple[str, ...]:
        return tuple(map(str, entry.get(name) or ()))

    def text(name: str) -> str:
        return str(entry.get(name) or "")

    return Language(
        code,
        **{name: text(name) for name in _TEXTS},
        days=listed("days"),
        words=listed("words"),
        weak=listed("weak"),
        script=text("script"),
        spacy=text("spacy"),
        letters=text("letters"),
    )


def problems_of_languages(path: Path = FILE) -> Iterator[Problem]:
    """Yield a problem for each answer that states a figure, or does not say how to reach support.

    Figures come from the facts of the store alone.
    """
    wanted = {"says": "{reach}", "phone": "{phone}", "write": "{address}"}
    for code, language in load_languages(path).items():
        for name, placeholder in wanted.items():
            text = str(getattr(language, name))
            if placeholder not in text or any(character.isdigit() for character in text):
                message = f"{code}: `{name}` needs {placeholder}, and states no figure of its own"
                yield Problem(shown(path), 1, message)
