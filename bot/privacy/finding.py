"""Finding: a piece of personal data in a text."""

from dataclasses import dataclass

Span = tuple[int, int]
Found = tuple[str, int, int]  # kind, start and end


@dataclass(frozen=True)
class Finding:
    """A piece of personal data; ``start`` and ``end`` count characters of the text."""

    type: str
    start: int
    end: int
    value: str
