"""Error of the command line."""


class CommandError(Exception):
    """The command cannot be carried out; the message says in one line why, and what to do."""
