"""How good understanding is, and how good what it is taught: measures, corruption, examination of the data. Knows no Rasa."""
