"""``privacy-bot shell``: a conversation at the terminal that shows how each message was understood."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from bot.assistant import prepare

if TYPE_CHECKING:
    from bot.cli.conversation import Assistant, Understood

_NEAREST = 3  # training examples that are shown behind a decision
GOODBYE = {"/stop", "/quit", "/exit"}


def shell() -> None:
    """Read lines until the end of input or ``/stop``; a number picks a choice."""
    prepare()
    from bot.cli.conversation import Assistant

    console = Console(highlight=False, soft_wrap=True)
    with console.status("Loading the assistant …") if console.is_terminal else nullcontext():
        assistant = Assistant()
    asyncio.run(_converse(console, assistant))


async def _converse(console: Console, assistant: Assistant) -> None:
    conversation = assistant.conversation()
    offered = _show(console, await conversation.send("/greeting"), greeting=True)
    async for line in _lines():
        if line.lower() in GOODBYE:
            return
        if line.isdigit() and 0 < int(line) <= len(offered):
            understood = await conversation.send(offered[int(line) - 1])
        elif line:
            understood = await conversation.say(line)
        else:
            continue
        offered = _show(console, understood)
        if understood.turn.state == "closed":
            console.print("[dim]This conversation is over; what you type next begins a new one.[/dim]")
            conversation = assistant.conversation()


def _show(console: Console, understood: Understood, greeting: bool = False) -> list[str]:
    if not greeting:
        nlu = understood.nlu
        sure = f" {nlu['confidence']:.2f}" if nlu["confidence"] is not None else ""
        topics = ", ".join(understood.turn.topics) or "none"
        console.print(f"[dim]intent {nlu['intent']}{sure} · topics {topics} · outcome {understood.turn.outcome}[/dim]")
        for question in nlu["questions"] if len(nlu["questions"]) > 1 else ():
            console.print(f"[dim]  asks {question['intent']} {question['confidence']:.2f}: {escape(question['text'])}[/dim]")
        for example in nlu["nearest"][:_NEAREST]:
            console.print(f"[dim]  near {example['similarity']:.2f} {example['intent']}: {escape(example['text'])}[/dim]")
    payloads: list[str] = []
    for message in understood.turn.messages:
        console.print(f"[green]{escape(message.text)}[/green]")
        for source in message.sources():
            quote = " ".join(source["quote"].split())
            console.print(f"[dim]  {source['clause']}: {escape(quote)}[/dim]")
        for choice in message.choices:
            payloads.append(understood.payloads[choice.id])
            console.print(f"[cyan]  {len(payloads)}. {escape(choice.title)}[/cyan]")
    return payloads


async def _lines() -> AsyncIterator[str]:
    if not sys.stdin.isatty():
        for line in sys.stdin:
            yield line.strip()
        return
    from prompt_toolkit import PromptSession

    session: PromptSession[str] = PromptSession()  # its history is kept in memory: what is typed may be personal
    while True:
        try:
            yield (await session.prompt_async("> ")).strip()
        except (EOFError, KeyboardInterrupt):
            return
