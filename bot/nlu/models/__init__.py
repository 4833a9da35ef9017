"""Models and rules of understanding, without Rasa: encoder, classifier, scope, splitting."""
