"""Tests of the stub modules for libraries that Rasa imports and the bot never runs."""

import subprocess
import sys
import textwrap


def run(code: str) -> str:
    """Run code in a new Python process and return its output."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_rasas_agent_imports_without_them() -> None:
    """Rasa's agent can be imported, and none of the real libraries is loaded."""
    printed = run("""
        from bot.assistant.lean import UNUSED, leave_out_unused
        leave_out_unused()
        import rasa.core.agent, sys
        print([name for name in UNUSED if getattr(sys.modules.get(name), "__file__", None)])
    """)
    assert printed == "[]"


def test_using_a_stub_names_the_library() -> None:
    """Instantiating a stub class raises LeftOut with the name of the library."""
    printed = run("""
        from bot.assistant.lean import LeftOut, leave_out_unused
        leave_out_unused()
        from twilio.rest import Client
        try:
            Client()
        except LeftOut as error:
            print(error)
    """)
    assert printed == "twilio.rest.Client: this bot leaves out Twilio (bot/assistant/lean.py)."


def test_a_loaded_library_stays() -> None:
    """A library that is imported before the stubs stays the real one."""
    printed = run("""
        import boto3
        from bot.assistant.lean import leave_out_unused
        leave_out_unused()
        import boto3.dynamodb.conditions
        print(boto3.dynamodb.conditions.Key("a").name)
    """)
    assert printed == "a"
