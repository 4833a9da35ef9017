"""Metrics for Prometheus: counts and durations, never a person or a text."""

from collections.abc import Iterable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# Without this every metric has a second one for its start time, which nobody reads.
disable_created_metrics()  # type: ignore[no-untyped-call]
registry = CollectorRegistry()

conversations = Counter("privacy_bot_conversations", "Conversations started", registry=registry)
turns = Counter(
    "privacy_bot_turns", "Messages answered, by outcome", ["outcome"], registry=registry
)
topics = Counter("privacy_bot_topics", "Topics answered", ["topic"], registry=registry)
latency = Histogram(
    "privacy_bot_turn_seconds",
    "Time to answer a message",
    registry=registry,
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
masked = Counter(
    "privacy_bot_masked",
    "Pieces of personal data replaced by placeholders, by type",
    ["type"],
    registry=registry,
)
children = Counter(
    "privacy_bot_children_stopped",
    "Conversations ended because the visitor is under 13",
    registry=registry,
)
forgotten = Counter(
    "privacy_bot_conversations_forgotten",
    "Conversations deleted, by who wanted it",
    ["by"],
    registry=registry,
)
expired = Counter("privacy_bot_expired", "What retention has deleted", ["what"], registry=registry)
optouts = Counter(
    "privacy_bot_optouts",
    "Requests recorded in the ledger",
    ["action", "kind", "channel"],
    registry=registry,
)
handoffs = Counter(
    "privacy_bot_handoffs",
    "Handoffs to people, by what became of them",
    ["state"],
    registry=registry,
)
waiting = Gauge(
    "privacy_bot_handoffs_waiting", "Shoppers who wait for a person now", registry=registry
)
first_reply = Histogram(
    "privacy_bot_handoff_first_reply_seconds",
    "Time from the request for a person to their first words",
    registry=registry,
    buckets=(5, 10, 20, 30, 60, 120, 300, 900, 3600, 14400, 86400),
)
undelivered = Counter(
    "privacy_bot_handoff_failures",
    "Attempts to tell a desk that failed",
    ["desk"],
    registry=registry,
)
errors = Counter(
    "privacy_bot_errors",
    "Answers that were errors, by code of the contract",
    ["code"],
    registry=registry,
)


def answered(outcome: str, named: Iterable[str], seconds: float) -> None:
    """Count one turn with its outcome, topics and duration in seconds."""
    turns.labels(outcome).inc()
    for topic in named:
        topics.labels(topic).inc()
    latency.observe(seconds)


def exposition() -> bytes:
    """Return all metrics in Prometheus' text format."""
    return generate_latest(registry)
