"""Reading of wishes: what a message says about opting out, in plain Python.

A message is read twice. By clauses: each clause has words that turn a meaning around ("not",
"stop", "refuse", "withdraw"), and whether their number is odd says whether something is to end or
to stay. "Stop mailing me again" has one, "don't stop mailing me" has two. And by a classifier, a
small network. ``bot.optouts.talk.wish_in`` asks both; where they contradict each other, the bot
asks.

- ``model``: wishes, signs and contexts
- ``words``, ``lexicon``, ``phrases``: the words of data/wishes, each with its role in a clause
- ``clauses``: a message in clauses, each with its polarity
- ``addresses``: which addresses are meant, and which are only named
- ``hearing``: what the clauses say together; ``reading``: what that wants done, in its context
- ``classifier``: the second reading; ``agreement``: what both support

Words used here:

- sign: what a message wants for one kind, STOP or KEEP
- polarity: -1 if a clause turns off, 1 if it lets go on, 0 if it says neither
- head: what a thing means that is named without a verb: "the calls" after "What shall stop?"
- firm: said as a wish; a gripe ("yet another mail!") is a complaint, and turns off only if nothing
  firm is said
- told: an earlier wish that the message reports: "I told you to stop the mails"
- narrows: the named kinds are all that is meant: "only the calls", "no, the calls"
"""
