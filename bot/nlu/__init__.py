"""Understanding: Rasa graph components, thin, over the plain models in ``bot.nlu.models``."""
