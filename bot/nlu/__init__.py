"""Natural language understanding: thin Rasa components over the models in ``bot.nlu.models``."""
