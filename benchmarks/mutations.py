"""Change a confirmed policy in many places, and see whether exactly the touched frames reopen.

Each folder has ``policy.md`` and ``sheet.jsonl``, as for ``benchmarks/adoption.py``. Each quoted
sentence is negated, gets another number, or is deleted; sentences that state something new are put
in. A frame that quotes a changed sentence must be open then. Others may open only because the new
text is a strong candidate for them. Run: ``.venv/bin/python benchmarks/mutations.py FOLDER...``
"""

import argparse
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bot.adoption.importing import adopt
from bot.adoption.review import Review
from bot.adoption.sheet import review_from_sheet
from bot.policy.markdown import passages

_VERB = re.compile(r"\b(may|will|can|do|does|are|is|have|must)\b( not\b)?")
_NUMBER = re.compile(r"(?<![\w/.-])\d+")
_NEW = {  # sentences to put in, and the frame that each must reopen
    "We sell your personal information to anyone who pays for it.": "selling.sold",
    "We keep your personal data for ninety years.": "retention.period",
    "We will notify you of any data breach within three days.": "security.breach",
    "We honour Global Privacy Control signals.": "tracking.dnt",
    "Our customer service is open Monday to Friday from 9 a.m. to 5 p.m.": "hours.support",
    "The gardens behind our shop are full of roses.": "",
}


def main() -> None:
    """Print what was caught, missed, and opened beside it, for each policy and each change."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=4, help="take every so many-th sentence")
    arguments = parser.parse_args()
    total: Counter[str] = Counter()
    for folder in arguments.folders:
        with tempfile.TemporaryDirectory() as temporary:
            _measure(folder, Path(temporary), arguments.every, total)
    for kind in ("negated", "numbered", "deleted", "inserted"):
        print(
            f"{kind}: {total[kind]} changes, {total[kind, 'touched']} frames touched, "  # type: ignore[index]
            f"{total[kind, 'missed']} missed, {total[kind, 'beside']} others opened"  # type: ignore[index]
        )


def _measure(folder: Path, temporary: Path, every: int, total: Counter) -> None:
    store = temporary / "store"
    adopt(folder / "policy.md", store)
    review = Review(store, "the benchmark")
    review_from_sheet(review, folder / "sheet.jsonl")
    quoted = {
        frame: [quote.text for quote in item.quotes]
        for frame in review.frames
        if (item := review.decision(frame)) is not None
    }
    for kind, text, must in _mutations(review.document, quoted, every):
        shutil.rmtree(temporary / "changed", ignore_errors=True)
        changed = temporary / "changed"
        shutil.copytree(store, changed)
        newer = temporary / "newer.md"
        newer.write_text(text, encoding="utf-8")
        opened = set(adopt(newer, changed).reopened)
        total[kind] += 1
        total[kind, "touched"] += len(must)
        total[kind, "missed"] += len(must - opened)
        total[kind, "beside"] += len(opened - must)
        if must - opened:
            print(f"{folder.name}: {kind}: {sorted(must - opened)} stayed")


def _mutations(
    document: str, quoted: dict[str, list[str]], every: int
) -> Iterator[tuple[str, str, set[str]]]:
    """Yield the kind of a change, the changed document, and the frames that it must reopen."""
    found = [passage for passage in passages(document) if passage.kind != "heading"]
    for passage in found[::every]:
        start, end = passage.start, passage.start + len(passage.text)
        for kind, pattern, new in (
            ("negated", _VERB, lambda match: match[1] if match[2] else f"{match[1]} not"),
            ("numbered", _NUMBER, lambda match: str(int(match.group()) + 1)),
            ("deleted", re.compile(r"(?s).*"), lambda _: ""),
        ):
            changed = pattern.sub(new, passage.text, count=1)
            if changed == passage.text or document.count(passage.text) > 1:
                continue
            text = document[:start] + changed + document[end:]
            must = {
                frame
                for frame, quotes in quoted.items()
                if any(quote not in text for quote in quotes)
            }
            yield kind, text, must
    for sentence, frame in _NEW.items():
        must = {frame} if frame in quoted else set()
        yield "inserted", f"{document.rstrip()}\n\n{sentence}\n", must


if __name__ == "__main__":
    main()
