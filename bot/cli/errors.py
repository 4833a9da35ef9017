"""The error of the command line."""


class CommandError(Exception):
    """The command cannot do what it was asked; the message is one line that says why and what to do."""
