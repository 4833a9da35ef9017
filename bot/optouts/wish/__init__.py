"""Reading of wishes: what a message says about opting out, in plain Python.

``reading.read`` turns a message in its context into a ``Wish``. The idea is parity: each clause has
operators that turn a meaning around ("not", "stop", "refuse", "withdraw"), and the number of them
says whether something is to end or to stay. "Stop mailing me again" has one, "don't stop mailing
me" has two. A reading that is not sure asks.

- ``model``: wishes, signs and contexts
- ``lexicon``: the words, each with its role in a clause
- ``clauses``: a message in clauses, each with its polarity
- ``reading``: clauses in their context to a wish
"""
