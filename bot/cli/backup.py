"""``privacy-bot backup`` and ``restore``: the whole database in one file, and back."""

from pathlib import Path

from bot.application.backup import Contents, back_up
from bot.application.backup import restore as put_back
from bot.settings import settings


def backup(file: Path) -> None:
    """Write a backup, and print what it holds and what must be kept beside it."""
    contents = back_up(settings().database, settings().data_keys, file)
    print(f"Backed up to {file}: {_held(contents)}.")
    print(f"The end of the ledger in it, for `optouts verify --anchor`: {contents.anchor}")
    print(
        "It is of no use without its keys (PRIVACY_BOT_DATA_KEYS), by their fingerprints: "
        f"{', '.join(contents.keys)}. Keep them in another place."
    )
    print("Not in it: the settings and secrets, the model, and the files of receivers.")


def restore(file: Path, force: bool) -> None:
    """Put a backup back, and print what it held."""
    contents = put_back(settings().database, settings().data_keys, file, force)
    print(
        f"Restored from {file}, made at {contents.made_at:%Y-%m-%d %H:%M} UTC: {_held(contents)}."
    )
    print(
        "Next: privacy-bot optouts verify --anchor with the last anchor that you noted, then "
        "privacy-bot retention."
    )


def _held(contents: Contents) -> str:
    return f"{contents.conversations} conversations, {contents.optouts} opt-outs"
