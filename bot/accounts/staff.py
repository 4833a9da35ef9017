"""Staff: everything that is done with accounts and sessions, each step with its audit log line."""

from collections.abc import Collection, Iterator
from datetime import timedelta

from bot.accounts.accounts import Accounts
from bot.accounts.activity import Activity, Event
from bot.accounts.model import Account, AccountError, Role, joined
from bot.accounts.sessions import Sessions


class SignInRefused(AccountError):
    """Nobody is signed in: the token is unknown, or its account has no role for this door."""


class Staff:
    """Accounts of the staff, their sessions, and the audit log."""

    def __init__(self, accounts: Accounts, sessions: Sessions, activity: Activity) -> None:
        self.accounts = accounts
        self.sessions = sessions
        self.activity = activity

    def add(self, name: str, roles: Collection[Role]) -> str:
        """Add an account; return its token. Raises what ``Accounts.add`` raises."""
        account, token = self.accounts.add(name, roles)
        self.activity.note(Event.ADDED, account, roles=joined(roles))
        return token

    def change(self, name: str, roles: Collection[Role]) -> Account:
        """Give an account other roles; raises what ``Accounts.change`` raises."""
        account = self.accounts.change(name, roles)
        self.activity.note(Event.CHANGED, account, roles=joined(roles))
        return account

    def remove(self, name: str) -> None:
        """Remove an account, which ends its sessions; raises what ``Accounts.remove`` raises."""
        self.activity.note(Event.REMOVED, self.accounts.remove(name))

    def sign_in(self, token: str, role: Role, source: str) -> tuple[Account, str]:
        """Trade a token for a session; return the account, and the secret of the session.

        ``source`` says whence the token came, without naming an address. Raises SignInRefused.
        """
        account = self.accounts.of_token(token)
        if account is None:
            self.activity.note(Event.SIGN_IN_FAILED, None, role=role, source=source)
            raise SignInRefused(
                "This token is not known. Whoever runs the bot makes one: "
                "privacy-bot accounts add NAME."
            )
        return account, self.begin(account, role, source)

    def begin(self, account: Account, role: Role, source: str) -> str:
        """Begin a session of an account that needs a role; return its secret.

        Raises SignInRefused for an account without the role.
        """
        if role not in account.roles:
            self.activity.note(Event.SIGN_IN_FAILED, account, role=role, source=source)
            raise SignInRefused(lacks(role))
        secret = self.sessions.begin(account)
        self.activity.note(Event.SIGNED_IN, account, role=role, source=source)
        return secret

    def sign_in_by_identity(
        self,
        identity: tuple[str, str],
        name: str,
        roles: Collection[Role],
        role: Role,
        source: str,
    ) -> tuple[Account, str]:
        """Begin a session of somebody whom a provider knows, by issuer and subject.

        The provider's roles replace those of the account. Whoever has none has no account any more.
        Raises what ``begin`` and ``Accounts.add`` raise.
        """
        if not roles:
            self.activity.note(
                Event.SIGN_IN_FAILED, self.accounts.forget(*identity), role=role, source=source
            )
            raise SignInRefused("The provider gives you no role here. Ask whoever runs it.")
        account = self.accounts.of_identity(*identity, name, roles)
        return account, self.begin(account, role, source)

    def sign_out(self, secret: str) -> None:
        """End a session, if it is not over yet."""
        account = self.sessions.account(secret, used=False)
        self.sessions.end(secret)
        if account is not None:
            self.activity.note(Event.SIGNED_OUT, account)

    def expire(self, older_than: timedelta) -> None:
        """Delete the sessions that are over, and empty the old lines of the audit log."""
        self.sessions.expire()
        self.activity.expire(older_than)

    def owners(self, role: Role) -> Iterator[str]:
        """Yield the names of the accounts with a role."""
        yield from (one.name for one in self.accounts.listed() if role in one.roles)


def lacks(role: Role) -> str:
    """Return the sentence for an account without a role."""
    return (
        f"Your account has not the role {role}. Whoever runs the bot gives it: "
        f"privacy-bot accounts change NAME --role {role}."
    )
