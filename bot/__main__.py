"""``python -m bot``: the same as ``privacy-bot``."""

from bot.cli import main

main()
