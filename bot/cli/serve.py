"""``privacy-bot serve``: runs the HTTP server."""

import socket
import subprocess
import sys

from bot.assistant import trained_model
from bot.cli.errors import CommandError
from bot.paths import HOME
from bot.settings import settings


def serve(train_first: bool, host: str | None, port: int | None) -> None:
    """Serve until interrupted; ``train_first`` trains a missing or outdated model before.

    Raises ModelError if there is no current model, and CommandError if the address cannot be
    listened on or training fails.
    """
    chosen = settings(
        **{name: value for name, value in (("host", host), ("port", port)) if value is not None}
    )
    _refuse_taken(chosen.host, chosen.port)
    if not trained_model.model_path().exists():
        if not train_first:
            raise trained_model.ModelError(
                "There is no model of the present data and settings. Make one: privacy-bot train"
            )
        # In a separate process: training needs memory and libraries that the server does not.
        if subprocess.run([sys.executable, "-m", "bot", "train"], cwd=HOME).returncode != 0:
            raise CommandError("Training failed: the lines above say why.")
    trained_model.prepare()
    from bot.web.app import serve as run

    run(chosen)


def _refuse_taken(host: str, port: int) -> None:
    """Raise CommandError if the host is unknown or another process listens on the port."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise CommandError(
            f"There is no address {host!r} ({error.strerror}). Set PRIVACY_BOT_HOST."
        ) from None
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {host}:{port} ({error.strerror}). "
                "Stop what listens there, or set PRIVACY_BOT_PORT."
            ) from None
