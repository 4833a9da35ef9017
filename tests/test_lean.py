"""Tests of leaving out what Rasa imports and the bot never runs."""

import subprocess
import sys
import textwrap


def run(code: str) -> str:
    """Run code in a fresh Python and return what it prints."""
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_rasas_agent_imports_without_them() -> None:
    """Agent and channels import, and none of the real libraries is loaded."""
    printed = run("""
        from bot.lean import UNUSED, leave_out_unused
        leave_out_unused()
        import rasa.core.agent, sys
        print([name for name in UNUSED if getattr(sys.modules.get(name), "__file__", None)])
    """)
    assert printed == "[]"


def test_using_one_says_what_was_left_out() -> None:
    """A hollow class refuses to be instantiated, and says why."""
    printed = run("""
        from bot.lean import LeftOut, leave_out_unused
        leave_out_unused()
        from twilio.rest import Client
        try:
            Client()
        except LeftOut as error:
            print(error)
    """)
    assert printed == "twilio.rest.Client: this bot leaves out Twilio (bot/lean.py)."


def test_what_is_loaded_already_stays() -> None:
    """A library that was imported before is the real one."""
    printed = run("""
        import boto3
        from bot.lean import leave_out_unused
        leave_out_unused()
        import boto3.dynamodb.conditions
        print(boto3.dynamodb.conditions.Key("a").name)
    """)
    assert printed == "a"
