"""What the bot does next and how it says it: a Rasa policy and a response generator over ``bot.policy``."""
