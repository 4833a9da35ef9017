"""Templates of the pages: Jinja2, with escaping on."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from bot.policy.store import store

PAGES = Path(__file__).parent / "pages"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(
    name: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
) -> HTMLResponse:
    """Return the page of a template, filled with ``values`` and the store."""
    page = _environment().get_template(name).render(store=store(), **values)
    return HTMLResponse(page, status_code=status, headers=headers)
