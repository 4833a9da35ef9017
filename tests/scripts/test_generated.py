"""Tests of the generated parts of the documents and of the training data: they match the code."""

import runpy
from typing import Any

import pytest

from bot.paths import ROOT


@pytest.fixture
def script(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Names that a script of the folder scripts/ defines."""
    return runpy.run_path(str(ROOT / "scripts" / request.param))


@pytest.mark.parametrize("script", ["settings_table.py"], indirect=True)
def test_the_table_of_settings_is_up_to_date(script: dict[str, Any]) -> None:
    """docs/operating.md lists every setting with its default (run scripts/settings_table.py)."""
    document = script["DOCUMENT"].read_text(encoding="utf-8")
    assert document == script["filled"](document)
    assert "PRIVACY_BOT_PORT" in document


@pytest.mark.parametrize("script", ["audit.py"], indirect=True)
def test_the_table_of_dependencies_is_up_to_date(script: dict[str, Any]) -> None:
    """docs/dependencies.md lists the present pins (run scripts/audit.py --write)."""
    document = script["DOCUMENT"].read_text(encoding="utf-8")
    assert document == script["filled"](document)
    assert "| sanic 21.12.2, sanic-cors" in document


@pytest.mark.parametrize("script", ["draw_architecture.py"], indirect=True)
def test_the_picture_of_the_architecture_is_up_to_date(script: dict[str, Any]) -> None:
    """The picture shows the current packages and imports (run scripts/draw_architecture.py)."""
    assert script["PICTURE"].read_text(encoding="utf-8") == script["picture"]()


@pytest.mark.parametrize("script", ["generate_examples.py"], indirect=True)
def test_the_generated_examples_are_up_to_date(script: dict[str, Any]) -> None:
    """The training data has what its grammars make (run scripts/generate_examples.py)."""
    assert script["DOCUMENT"].read_text(encoding="utf-8") == script["filled"]()
