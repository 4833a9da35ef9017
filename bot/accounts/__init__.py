"""Accounts of the staff: who may use the desk and the office, their sessions, and what they did.

- ``model``: roles, accounts and errors. ``tables``: the tables.
- ``accounts``: adds, changes and removes accounts, and knows one by its token.
- ``sessions``: begins, reads and ends sessions.
- ``activity``: the audit log of sign-ins and acts.

It knows neither HTTP nor what the staff does.
"""
