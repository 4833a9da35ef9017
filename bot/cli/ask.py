"""``privacy-bot ask``."""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.assistant import prepare
from bot.cli.errors import CommandError
from bot.turns import Message


def ask(text: str | None, batch: Path | None, as_json: bool) -> None:
    """Answer one question, or each line of a batch in a conversation of its own."""
    if (text is None) == (batch is None):
        raise CommandError('Give a question (privacy-bot ask "do you sell my data?") or a file (--batch FILE --json).')
    if text is not None and not text.strip():
        raise CommandError("The question is empty.")
    questions = list(_read(batch)) if batch is not None else []
    prepare()
    from bot.cli.conversation import Assistant

    assistant = Assistant()
    if batch is None:
        assert text is not None
        understood = asyncio.run(assistant.conversation().say(text))
        print(_json(understood.as_json()) if as_json else "\n\n".join(map(_in_words, understood.turn.messages)))
        return

    async def answer_all() -> None:
        """Answer line by line, in one event loop."""
        for number, (identifier, question) in enumerate(questions, start=1):
            understood = await assistant.conversation().say(question)
            if as_json:
                print(_json({"id": identifier, **understood.as_json()}), flush=True)
            else:
                print(f"{identifier}: {' '.join(map(_in_words, understood.turn.messages))}", flush=True)
            if sys.stderr.isatty() and number % 50 == 0:
                print(f"{number} of {len(questions)}", file=sys.stderr)

    asyncio.run(answer_all())


def _read(path: Path) -> Iterator[tuple[Any, str]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
                yield entry["id"], _text(entry["text"])
            except (ValueError, KeyError, TypeError):
                raise CommandError(f'{path}:{number}: expected {{"id": …, "text": "…"}}.') from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _in_words(message: Message) -> str:
    offered = f" [{' | '.join(choice.title for choice in message.choices)}]" if message.choices else ""
    return f"{message.text}{offered}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
