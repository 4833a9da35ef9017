"""``privacy-bot serve``."""

import socket
import subprocess
import sys

from bot import assistant
from bot.cli.errors import CommandError
from bot.paths import ROOT
from bot.settings import settings


def serve(train_first: bool, host: str | None, port: int | None) -> None:
    """Serve until interrupted; train first if asked to and needed."""
    chosen = settings(**{name: value for name, value in (("host", host), ("port", port)) if value is not None})
    _refuse_taken(chosen.host, chosen.port)
    if not assistant.model_path().exists():
        if not train_first:
            raise assistant.ModelError("There is no model of the present data and settings. Make one: privacy-bot train")
        # In a process of its own, because training takes memory and libraries that serving does without.
        if subprocess.run([sys.executable, "-m", "bot", "train"], cwd=ROOT).returncode != 0:
            raise CommandError("Training failed: the lines above say why.")
    assistant.prepare()
    from bot.server import serve as run

    run(chosen)


def _refuse_taken(host: str, port: int) -> None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise CommandError(f"There is no address {host!r} ({error.strerror}). Set PRIVACY_BOT_HOST.") from None
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {host}:{port} ({error.strerror}). Stop what listens there, or set PRIVACY_BOT_PORT."
            ) from None
