"""Protection of shoppers' personal data: recognition, masking, and the vault.

Rasa, logs and stores get placeholders in its place. Nothing here knows Rasa.
"""
