"""``privacy-bot review``: a person confirms the answers of a store, on a page or from a file."""

import getpass
import json
import sys
from pathlib import Path

from bot.adoption.review import Review, ReviewError
from bot.adoption.sheet import Tally, review_from_sheet
from bot.cli.errors import CommandError
from bot.policy.folder import find_store


def review(name: str, sheet: Path | None, by: str | None, port: int, as_json: bool) -> None:
    """Review a store: from a sheet, or else on a page that this command serves until it is stopped.

    Raises CommandError if there is no such store, or a line of the sheet does not hold.
    """
    folder = find_store(name)
    if folder is None:
        raise CommandError(
            f"There is no store {name!r}. Import its policy: privacy-bot adopt FILE --name {name}"
        )
    if sheet is None:
        from bot.web.review import serve

        serve(Review(folder, by or getpass.getuser()), port)
        return
    try:
        reviewing = Review(folder, by or f"the sheet {sheet.name}")
        tally = review_from_sheet(reviewing, sheet)
    except ReviewError as error:
        raise CommandError(str(error)) from None
    for problem in tally.problems:
        print(problem, file=sys.stderr)
    left = len(reviewing.open_frames())
    if as_json:
        print(json.dumps({**tally.as_json(), "open": left}))
    else:
        _print(tally, left)


def _print(tally: Tally, left: int) -> None:
    found = tally.as_json()
    print(
        f"First candidate: {found['first']}, second: {found['second']}, third: {found['third']}, "
        f"searched: {found['searched']}, not said: {found['not_said']}; still open: {left}."
    )
    print(f"On the page: {found['keys']} keys, about {found['minutes']} minutes.")
