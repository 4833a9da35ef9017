"""The command line, ``privacy-bot``: one module a command, imported when it is used."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import desk, optouts

app = typer.Typer(
    help="Answers shoppers' questions about privacy from the store's own policy.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


app.add_typer(optouts.app, name="optouts")
app.add_typer(desk.desk, name="desk")
app.add_typer(desk.handoffs, name="handoffs")


@app.command()
def train(
    force: Annotated[bool, typer.Option(help="Train even if the model is up to date, and use no cached step.")] = False,
    verbose: Annotated[bool, typer.Option(help="Show what Rasa prints.")] = False,
) -> None:
    """Train the model, if there is none of the present data and settings."""
    from bot.cli.train import train as run

    run(force, verbose)


@app.command()
def serve(
    train: Annotated[bool, typer.Option(help="Train first, if the model is missing or stale.")] = False,
    host: Annotated[str | None, typer.Option(help="Address to listen on; PRIVACY_BOT_HOST by default.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; PRIVACY_BOT_PORT by default.")] = None,
) -> None:
    """Serve the bot over HTTP."""
    from bot.cli.serve import serve as run

    run(train, host, port)


@app.command()
def shell() -> None:
    """Talk to the bot, and see how it understood you."""
    from bot.cli.shell import shell as run

    run()


@app.command()
def ask(
    text: Annotated[str | None, typer.Argument(help="The question.")] = None,
    batch: Annotated[Path | None, typer.Option(help='JSON lines of {"id", "text"}; each a conversation of its own.')] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the turn as JSON.")] = False,
) -> None:
    """Ask one question, or a file of them."""
    from bot.cli.ask import ask as run

    run(text, batch, as_json)


@app.command()
def check() -> None:
    """Hold every answer against the policy."""
    from bot.cli.check import check as run

    run()


@app.command()
def evaluate(
    test_set: Annotated[Path | None, typer.Option(help="Rasa NLU file; the project's own test set by default.")] = None,
    output: Annotated[Path | None, typer.Option(help="Folder for pictures and findings.")] = None,
    personal: Annotated[bool, typer.Option(help="Put placeholders for personal data around every message.")] = False,
    noise: Annotated[bool, typer.Option(help="Measure again with slips of the thumb in every message.")] = False,
) -> None:
    """Measure understanding on the test set, and examine the training data."""
    from bot.cli.evaluate import evaluate as run

    run(test_set, output, personal, noise)


@app.command()
def learn(
    since: Annotated[str | None, typer.Option(help="Only what was said from this day on: 2026-11-30.")] = None,
    output: Annotated[Path | None, typer.Option(help="File to write; standard output by default.")] = None,
) -> None:
    """List the real questions that were not answered, grouped by meaning, as training data to label."""
    from bot.cli.learn import learn as run

    run(since, output)


@app.command()
def erase(
    session: Annotated[str | None, typer.Option(help="Id of a conversation.")] = None,
    email: Annotated[str | None, typer.Option(help="An e-mail address that was typed in the conversations to delete.")] = None,
) -> None:
    """Delete conversations everywhere, at once, also in a running server."""
    from bot.cli.memory import erase as run

    run(session, email)


@app.command()
def export(email: Annotated[str, typer.Option(help="Whose data.")]) -> None:
    """Print what is held about a person, as JSON."""
    from bot.cli.memory import export as run

    run(email)


@app.command()
def retention() -> None:
    """Delete what has expired; the server does so by itself every few minutes."""
    from bot.cli.memory import retention as run

    run()


def main() -> None:
    """Run the command line: an error that a person can act on is one line and exit status 1."""
    from sqlalchemy.exc import SQLAlchemyError
    from yaml import YAMLError

    from actions.ledger.model import LedgerError
    from bot.assistant import ModelError
    from bot.cli.errors import CommandError
    from bot.handoff.model import HandoffError
    from bot.policy.document import PolicyError
    from bot.settings import SettingsError

    try:
        app()
    except (CommandError, HandoffError, LedgerError, ModelError, PolicyError, SettingsError, YAMLError, OSError) as error:
        print(f"privacy-bot: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(1)
    except SQLAlchemyError as error:  # without its message, which may quote data
        kind = type(getattr(error, "orig", None) or error).__name__
        print(f"privacy-bot: The database cannot be used ({kind}). Look at DATABASE_URL, and whether it runs.", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
