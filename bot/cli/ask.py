"""``privacy-bot ask``: answers one question, or every question of a file."""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.assistant.trained_model import prepare
from bot.cli.errors import CommandError
from bot.conversations.model import Message


def ask(text: str | None, batch: Path | None, as_json: bool) -> None:
    """Answer one question, or each line of a batch in a separate conversation.

    Raises CommandError if there is no question, or both a question and a batch.
    """
    if (text is None) == (batch is None):
        raise CommandError(
            'Give a question (privacy-bot ask "do you sell my data?") '
            "or a file (--batch FILE --json)."
        )
    if text is not None and not text.strip():
        raise CommandError("The question is empty.")
    questions = list(_read(batch)) if batch is not None else []
    prepare()
    from bot.cli.conversation import LocalAssistant

    assistant = LocalAssistant()
    if batch is None:
        assert text is not None
        understood = asyncio.run(assistant.ask(text))
        print(
            _json(understood.as_json())
            if as_json
            else "\n\n".join(map(_as_text, understood.turn.messages))
        )
        return

    async def answer_all() -> None:
        """Answer line by line in one event loop."""
        for number, (identifier, question) in enumerate(questions, start=1):
            understood = await assistant.ask(question)
            if as_json:
                print(_json({"id": identifier, **understood.as_json()}), flush=True)
            else:
                print(
                    f"{identifier}: {' '.join(map(_as_text, understood.turn.messages))}",
                    flush=True,
                )
            if sys.stderr.isatty() and number % 50 == 0:
                print(f"{number} of {len(questions)}", file=sys.stderr)

    asyncio.run(answer_all())


def _read(path: Path) -> Iterator[tuple[Any, str]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError:
        raise CommandError(f"{path} is not a text file in UTF-8.") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            yield entry["id"], _checked_text(entry["text"])
        except (ValueError, KeyError, TypeError):
            raise CommandError(f'{path}:{number}: expected {{"id": …, "text": "…"}}.') from None


def _checked_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _as_text(message: Message) -> str:
    choices = (
        f" [{' | '.join(choice.title for choice in message.choices)}]" if message.choices else ""
    )
    return f"{message.text}{choices}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
