"""How an opt-out is talked through: what a message names, and what is still to be asked. Knows no Rasa."""
