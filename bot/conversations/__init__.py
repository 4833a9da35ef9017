"""Conversations: messages and turns, the intake of typed texts, the store and the transcript."""
