"""Trades of stores (``data/trades.yml``), with the companies that shoppers compare a store with."""

from functools import cache

from bot.paths import DATA_DIR
from bot.policy.yaml_files import read_yaml

_FILE = DATA_DIR / "trades.yml"


@cache
def trades() -> dict[str, tuple[str, ...]]:
    """Return the companies of each trade."""
    return {str(name): tuple(map(str, rivals)) for name, rivals in read_yaml(_FILE).items()}


def rivals_of(trade: str) -> tuple[str, ...]:
    """Return the companies of a trade; none for a store without a trade."""
    return trades().get(trade, ())
