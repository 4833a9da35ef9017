"""Say in one line what is missing to build the environment: the right Python, and its venv module."""

import sys

if sys.version_info[:2] != (3, 11):
    sys.exit(
        f"This project needs Python 3.11 and `{sys.executable}` is {sys.version.split()[0]}. "
        "Run `make PYTHON=/path/to/python3.11 …` instead."
    )
try:
    import ensurepip  # noqa: F401  (Debian ships it apart, in python3-venv)
except ImportError:
    sys.exit("Python's venv module is incomplete. On Debian: apt-get install python3-venv")
