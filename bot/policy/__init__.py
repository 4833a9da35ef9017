"""The privacy policy as facts: its clauses, what is parsed out of them, and the answers that cite them. Knows no Rasa."""
