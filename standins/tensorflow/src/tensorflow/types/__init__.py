"""Package with only the names in Rasa's annotations."""
