"""``privacy-bot shell``: a chat in the terminal that shows the NLU result of each message."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from bot.assistant.trained_model import prepare
from bot.conversations.model import Choice, Message

if TYPE_CHECKING:
    from bot.cli.conversation import LocalAssistant, UnderstoodTurn

_NEAREST = 3  # training examples shown for each message
GOODBYE = {"/stop", "/quit", "/exit"}


def shell() -> None:
    """Chat line by line until the end of input or ``/stop``; a number picks a choice."""
    prepare()
    from bot.cli.conversation import LocalAssistant

    console = Console(highlight=False, soft_wrap=True)
    with console.status("Loading the assistant …") if console.is_terminal else nullcontext():
        assistant = LocalAssistant()
    asyncio.run(_converse(console, assistant))


async def _converse(console: Console, assistant: LocalAssistant) -> None:
    conversation = await assistant.start()
    offered = _show_messages(console, conversation.greeting.messages)
    async for line in _lines():
        if line.lower() in GOODBYE:
            return
        if line.isdigit() and 0 < int(line) <= len(offered):
            answered = await conversation.choose(offered[int(line) - 1].id)
        elif line:
            answered = await conversation.say(line)
        else:
            continue
        _show_understanding(console, answered)
        offered = _show_messages(console, answered.turn.messages)
        if answered.turn.state == "closed":
            console.print(
                "[dim]This conversation is over; what you type next begins a new one.[/dim]"
            )
            conversation = await assistant.start()


def _show_understanding(console: Console, answered: UnderstoodTurn) -> None:
    nlu = answered.nlu
    confidence = f" {nlu['confidence']:.2f}" if nlu["confidence"] is not None else ""
    topics = ", ".join(answered.turn.topics) or "none"
    console.print(
        f"[dim]intent {nlu['intent']}{confidence} · topics {topics}"
        f" · outcome {answered.turn.outcome}[/dim]"
    )
    for question in nlu["questions"] if len(nlu["questions"]) > 1 else ():
        console.print(
            f"[dim]  asks {question['intent']} {question['confidence']:.2f}: "
            f"{escape(question['text'])}[/dim]"
        )
    for example in nlu["nearest"][:_NEAREST]:
        console.print(
            f"[dim]  near {example['similarity']:.2f} {example['intent']}: "
            f"{escape(example['text'])}[/dim]"
        )


def _show_messages(console: Console, messages: Sequence[Message]) -> list[Choice]:
    """Print messages with their sources and numbered choices; return the choices."""
    offered: list[Choice] = []
    for message in messages:
        console.print(f"[green]{escape(message.text)}[/green]")
        for source in message.sources():
            quote = " ".join(source["quote"].split())
            console.print(f"[dim]  {source['clause']}: {escape(quote)}[/dim]")
        for choice in message.choices:
            offered.append(choice)
            console.print(f"[cyan]  {len(offered)}. {escape(choice.title)}[/cyan]")
    return offered


async def _lines() -> AsyncIterator[str]:
    if not sys.stdin.isatty():
        for line in sys.stdin:
            yield line.strip()
        return
    from prompt_toolkit import PromptSession

    # The history stays in memory, not in a file, because typed text may be personal.
    session: PromptSession[str] = PromptSession()
    while True:
        try:
            yield (await session.prompt_async("> ")).strip()
        except (EOFError, KeyboardInterrupt):
            return
