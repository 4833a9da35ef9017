"""Handoffs: passes a conversation on to support agents, and keeps messages left for them.

A handoff is a live chat or a message. It goes to a desk: our own desk, which is a page of this
server for agents, or an external help desk such as Chatwoot, Zendesk, a mailbox or a webhook.

- ``service`` is the entry for the rest of the bot. ``waiting`` is the dialogue with a shopper while
  support has the conversation, ``drafting`` the one in which a message is left. ``phrases`` and
  ``contact`` understand what the shopper writes there, ``replies`` and ``draft_replies`` have the
  texts for the shopper.
- ``queue`` and ``inbox`` change handoffs: one for the shopper, the other for the agents.
- ``routing`` chooses the desk, and the next one after a failure. ``agents`` has the agents of our
  own desk.
- ``outbox`` has the news for external help desks, ``dispatch`` delivers it, ``polling`` reads lost
  answers, and ``workers`` runs all of this in the background.
- ``case`` is a handoff as help desks get it, and ``helpdesks`` has one module for each of them.
- ``model``, ``tables`` and ``records`` are below these: values, tables, and shared statements.

All state is in the database, so a process that dies loses no handoff.
"""
