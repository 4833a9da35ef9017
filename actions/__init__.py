"""What the bot does, beyond what it says: Rasa custom actions, thin, over plain Python."""
