"""``privacy-bot serve``."""

import socket

from bot import assistant
from bot.cli.errors import CommandError
from bot.settings import settings


def serve(train_first: bool, host: str | None, port: int | None) -> None:
    """Serve until interrupted; train first if asked to and needed."""
    chosen = settings()
    changed = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    chosen = chosen.model_copy(update=changed)
    _refuse_taken(chosen.host, chosen.port)
    if train_first:
        from bot.cli.train import train

        train()
    elif not assistant.model_path().exists():
        raise assistant.ModelError("There is no model of the present data and settings. Make one: privacy-bot train")
    assistant.prepare()
    from bot.server import serve as run

    run(chosen)


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {host}:{port} ({error.strerror}). Stop what listens there, or set PRIVACY_BOT_PORT."
            ) from None
