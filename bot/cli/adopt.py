"""``privacy-bot adopt``: reads a store's policy and proposes an answer to each question."""

import json
from pathlib import Path

from bot.adoption.importing import Adopted, adopt, folder_for
from bot.adoption.reading import DocumentError
from bot.cli.errors import CommandError
from bot.policy.frame_list import load_frames
from bot.policy.markdown import plain
from bot.policy.yaml_files import shown


def adopt_policy(file: Path, name: str, as_json: bool) -> None:
    """Import a document for a store, and print the proposals.

    Raises CommandError if the document cannot be read.
    """
    try:
        adopted = adopt(file, folder_for(name))
    except DocumentError as error:
        raise CommandError(str(error)) from None
    if as_json:
        print(json.dumps(adopted.as_json(), ensure_ascii=False))
    else:
        _print(adopted, name)


def _print(adopted: Adopted, name: str) -> None:
    frames = load_frames()
    for proposal in adopted.proposals:
        print(f"{frames[proposal.frame].question}  ({proposal.frame})")
        if not proposal.said:
            print("  It seems that the policy does not say.")
        for number, candidate in enumerate(proposal.candidates, start=1):
            above = " > ".join(candidate.headings[1:])
            texts = " ".join(plain(quote) for quote in candidate.quotes)
            print(f"  {number}. {texts}" + (f"  [{above}]" if above else ""))
            if candidate.reasons:
                print(f"     {'; '.join(candidate.reasons)}")
    print(f"\nThe policy is in {shown(adopted.folder)}.")
    if adopted.changes is not None:
        changes = adopted.changes
        print(
            f"New version: {len(changes.added)} passages added, {len(changes.changed)} changed, "
            f"{len(changes.removed)} removed."
        )
        changed = tuple(f"{before} → {after}" for before, after in changes.changed)
        for sign, listed in (("+", changes.added), ("~", changed), ("-", changes.removed)):
            for text in listed:
                print(f"  {sign} {text}")
        print(f"To confirm again: {', '.join(adopted.reopened) or 'nothing'}.")
    print(f"Next: check store.yml there, then privacy-bot review {name}")
