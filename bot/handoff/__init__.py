"""Handing a conversation over to people: who waits, who answers, what was left for later. Knows no Rasa and no HTTP."""
