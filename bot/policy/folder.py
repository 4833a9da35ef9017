"""Folder of the store that this process answers for, with its policy, facts and answers."""

from functools import cache
from pathlib import Path

from bot.paths import HOME, STORES_DIR
from bot.settings import SettingsError, settings

DOCUMENT = "policy.md"
_DEFAULT = "default"  # file in STORES_DIR with the name of a store


@cache
def store_folder() -> Path:
    """Return the folder that ``PRIVACY_BOT_STORE`` names; raises SettingsError if there is none."""
    named = settings().store
    if not named and (file := STORES_DIR / _DEFAULT).exists():
        named = file.read_text(encoding="utf-8").strip()
    folder = find_store(named)
    if folder is None:
        known = ", ".join(sorted(path.parent.name for path in STORES_DIR.glob(f"*/{DOCUMENT}")))
        raise SettingsError(
            f"PRIVACY_BOT_STORE: there is no store {named!r} (no {DOCUMENT} in its folder). "
            f"These are there: {known}. Adopt another one: privacy-bot adopt FILE --name NAME"
        )
    return folder


def find_store(named: str) -> Path | None:
    """Return the folder of a store by its name or path, or None if it has no policy."""
    if not named:
        return None
    places = [Path(named)] if "/" in named else [STORES_DIR / named, HOME / "stores" / named]
    return next((place for place in places if (place / DOCUMENT).is_file()), None)
