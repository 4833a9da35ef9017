"""Opt-outs: the form, the ledger of requests, the suppression list, and the delivery to receivers.

Plain Python, without Rasa or HTTP.
"""
