"""Use cases over the domain packages, and the one place where objects are made and joined.

A turn, erasure, retention, background work. Knows neither Rasa nor HTTP.
"""
