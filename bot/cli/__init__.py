"""Command line ``privacy-bot``: one module for each command, imported when the command runs.

``accounts``, ``handoffs``, ``optouts`` and ``ledger`` define several commands each. They are
imported at once, but import the rest of the bot only when a command runs.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import accounts, handoffs, ledger, optouts  # noqa: F401

app = typer.Typer(
    help="Answers shoppers' questions about privacy from the store's own policy.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def choose_store(
    store: Annotated[
        str | None,
        typer.Option(help="Store to answer for. Default: PRIVACY_BOT_STORE."),
    ] = None,
) -> None:
    """Answers shoppers' questions about privacy from the store's own policy."""
    if store is not None:
        from bot.settings import settings

        os.environ["PRIVACY_BOT_STORE"] = store  # also for processes that a command starts
        settings.cache_clear()


app.add_typer(optouts.app, name="optouts")  # with the commands of `ledger`
app.add_typer(accounts.app, name="accounts")
app.add_typer(accounts.app, name="desk", hidden=True)  # its name before there were officers
app.add_typer(handoffs.app, name="handoffs")


@app.command()
def train(
    force: Annotated[
        bool, typer.Option(help="Train even if the model is up to date, without cached steps.")
    ] = False,
    verbose: Annotated[bool, typer.Option(help="Show the output of Rasa.")] = False,
) -> None:
    """Train the model if there is none for the current data and settings."""
    from bot.cli.train import train as run

    run(force, verbose)


@app.command()
def serve(
    train: Annotated[
        bool, typer.Option(help="Train first if the model is missing or out of date.")
    ] = False,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on. Default: PRIVACY_BOT_HOST.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on. Default: PRIVACY_BOT_PORT.")
    ] = None,
) -> None:
    """Serve the bot over HTTP."""
    from bot.cli.serve import serve as run

    run(train, host, port)


@app.command()
def shell() -> None:
    """Chat with the bot in the terminal, and see how it understood each message."""
    from bot.cli.shell import shell as run

    run()


@app.command()
def ask(
    text: Annotated[str | None, typer.Argument(help="Question to answer.")] = None,
    batch: Annotated[
        Path | None,
        typer.Option(
            help='File of questions, one JSON object {"id", "text"} per line. '
            "Each line is a separate conversation."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every turn as JSON.")] = False,
) -> None:
    """Answer one question, or every question of a file."""
    from bot.cli.ask import ask as run

    run(text, batch, as_json)


@app.command()
def check() -> None:
    """Check that the policy covers every answer of the bot."""
    from bot.cli.check import check as run

    run()


@app.command()
def evaluate(
    test_set: Annotated[
        Path | None,
        typer.Option(help="Rasa NLU file of labelled messages. Default: the project's test set."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder for the charts and findings. Default: results.")
    ] = None,
    personal: Annotated[
        bool, typer.Option(help="Put placeholders for personal data around every message.")
    ] = False,
    noise: Annotated[
        bool, typer.Option(help="Measure again with typing errors in every message.")
    ] = False,
    behaviour: Annotated[
        bool,
        typer.Option(
            help="Measure cases made from grammars instead; the test set is a folder of them."
        ),
    ] = False,
) -> None:
    """Measure the understanding on a test set, and look for faults in the training data."""
    if behaviour:
        from bot.cli.behaviour import evaluate_behaviour

        evaluate_behaviour(test_set, output)
        return
    from bot.cli.evaluate import evaluate as run

    run(test_set, output, personal, noise)


@app.command()
def learn(
    since: Annotated[
        str | None, typer.Option(help="First day of the questions, for example 2026-11-30.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="File to write. Default: standard output.")
    ] = None,
) -> None:
    """Print the questions that the bot could not answer, as training data to label.

    Questions of similar meaning are in one group.
    """
    from bot.cli.learn import learn as run

    run(since, output)


@app.command()
def erase(
    session: Annotated[str | None, typer.Option(help="Id of the conversation to delete.")] = None,
    email: Annotated[
        str | None,
        typer.Option(help="E-mail address that was typed in the conversations to delete."),
    ] = None,
) -> None:
    """Delete conversations everywhere and at once, also from a running server."""
    from bot.cli.personal_data import erase as run

    run(session, email)


@app.command()
def export(
    email: Annotated[str, typer.Option(help="E-mail address of the person.")],
) -> None:
    """Print all stored data about a person, as JSON."""
    from bot.cli.personal_data import export as run

    run(email)


@app.command()
def retention(
    clock_is_right: Annotated[
        bool,
        typer.Option(help="Go on after a long time off, or after the clock was far away."),
    ] = False,
) -> None:
    """Delete expired data now; a running server does this every few minutes."""
    from bot.cli.personal_data import retention as run

    run(clock_is_right)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="File to write; it must not exist.")],
) -> None:
    """Write the whole database to one file, while the bot runs."""
    from bot.cli.backup import backup as run

    run(file)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="File of `privacy-bot backup`.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace what the database holds.")
    ] = False,
) -> None:
    """Put a backup into the database, all of it or nothing."""
    from bot.cli.backup import restore as run

    run(file, force)


@app.command()
def adopt(
    file: Annotated[
        Path,
        typer.Argument(help="The policy: Markdown, HTML (a saved page), plain text, DOCX or PDF."),
    ],
    name: Annotated[str, typer.Option(help="Name of the store's folder, for example my-shop.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the proposals as JSON.")] = False,
) -> None:
    """Import a store's policy, or a newer version, and propose an answer to each question."""
    from bot.cli.adopt import adopt_policy as run

    run(file, name, as_json)


@app.command()
def review(
    name: Annotated[str, typer.Argument(help="Name of the store's folder.")],
    sheet: Annotated[
        Path | None,
        typer.Option(
            help='File of decisions, one JSON object {"frame", "verdict", "quotes", "condition"} '
            "per line. Default: a page in the browser."
        ),
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="Who confirms. Default: the user of this computer.")
    ] = None,
    port: Annotated[int, typer.Option(help="Port of the page. Default: a free one.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the count as JSON.")] = False,
) -> None:
    """Confirm what the bot answers for a store, question by question."""
    from bot.cli.review import review as run

    run(name, sheet, by, port, as_json)


def main() -> None:
    """Run the command line; an error that the user can fix is one line and exit status 1."""
    from sqlalchemy.exc import SQLAlchemyError
    from yaml import YAMLError

    from bot.accounts.model import AccountError
    from bot.application.errors import BackupError, ConversationOver, NotReady
    from bot.application.heartbeat import ClockJumped
    from bot.assistant import containment
    from bot.assistant.trained_model import ModelError
    from bot.cli.errors import CommandError
    from bot.database import SchemaError
    from bot.database_errors import in_words
    from bot.handoff.model import HandoffError
    from bot.optouts.model import LedgerError
    from bot.policy.document import PolicyError
    from bot.settings import SettingsError

    try:
        containment.keep_files_inside()
        app()
    except (
        BackupError,
        ClockJumped,
        CommandError,
        AccountError,
        HandoffError,
        LedgerError,
        ModelError,
        PolicyError,
        SchemaError,
        SettingsError,
        YAMLError,
        OSError,
    ) as error:
        print(f"privacy-bot: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(1)
    except (ConversationOver, NotReady):
        print(
            "privacy-bot: The assistant did not answer in time. Please try again.", file=sys.stderr
        )
        sys.exit(1)
    except SQLAlchemyError as error:  # its message is not shown: it may quote personal data
        print(f"privacy-bot: {in_words(error)}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
