"""Adoption of a store's policy: read it, propose answers to the frames, have a person confirm."""
