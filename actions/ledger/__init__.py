"""The ledger of opt-outs: recorded once, in force in time, provable. Plain Python on SQLAlchemy; knows no Rasa."""
