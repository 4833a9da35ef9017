"""What understanding computes with: encoder, linear classifier, scope model, splitting. Knows no Rasa."""
