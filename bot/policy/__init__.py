"""The privacy policy as data: its clauses, the facts in them, and the answers that cite them.

Nothing here knows Rasa.
"""
