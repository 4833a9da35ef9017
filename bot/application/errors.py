"""Errors of the use cases; the web and the command line put them into their own words."""


class ConversationOver(Exception):
    """The conversation does not exist any more: it was deleted, or it has expired."""


class UnknownChoice(Exception):
    """No such choice was offered in this conversation."""


class ClientIdReused(Exception):
    """The client gave one id to two different messages."""


class NotReady(Exception):
    """The assistant, or the disk, did not answer in time; the same call may work in a moment."""


class BackupError(Exception):
    """A backup cannot be made or restored; the message says why, and what to do."""
