"""Check that this is Python 3.11 with its venv module; exit with a line of advice otherwise."""

import sys

if sys.version_info[:2] != (3, 11):
    sys.exit(
        f"This project needs Python 3.11 and `{sys.executable}` is {sys.version.split()[0]}. "
        "Run `make PYTHON=/path/to/python3.11 …` instead."
    )
try:
    import ensurepip  # noqa: F401  (Debian has it in a separate package, python3-venv)
except ImportError:
    sys.exit("Python's venv module is incomplete. On Debian: apt-get install python3-venv")
