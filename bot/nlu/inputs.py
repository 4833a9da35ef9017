"""Hash of the inputs of training other than its data: code, encoder and pinned libraries.

Imports neither Rasa nor numpy, so that the command line can check quickly for a stale model.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from bot.paths import ENCODER_DIR, LOCK, PACKAGE_DIR, READING, ROOT

_CODE = PACKAGE_DIR / "nlu"


@cache
def understanding_hash() -> str:
    """Return the hash of the code of ``bot.nlu``, its words, the encoder and pinned libraries."""
    return hash_of_files([*sorted(_CODE.rglob("*.py")), ENCODER_DIR / "SHA256SUMS", LOCK, READING])


def hash_of_files(files: Iterable[Path]) -> str:
    """Return the hash of the paths and contents of files, in 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in files:
        base = ROOT if path.is_relative_to(ROOT) else PACKAGE_DIR.parent
        name = str(path.relative_to(base)).encode()
        digest.update(name + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
