"""External help desks of the settings: the one place that makes them from their classes."""

from collections.abc import Callable

from bot.handoff.helpdesks import HelpDesk
from bot.handoff.helpdesks.chatwoot import Chatwoot
from bot.handoff.helpdesks.mail import MailDesk
from bot.handoff.helpdesks.webhook import WebhookDesk
from bot.handoff.helpdesks.zendesk import Zendesk
from bot.handoff.model import EMBEDDED
from bot.settings import Settings, SettingsError


def configured_help_desks(settings: Settings) -> dict[str, HelpDesk]:
    """Return the external help desks of the settings by name; raises SettingsError.

    A new help desk is added here, in ``Settings.handoff_desks``, and as a module beside this one.
    """
    made: dict[str, Callable[[], HelpDesk]] = {
        "chatwoot": lambda: Chatwoot(
            settings.chatwoot_url,
            settings.chatwoot_account,
            settings.chatwoot_inbox,
            settings.chatwoot_bot_token,
            settings.chatwoot_user_token,
            settings.chatwoot_webhook_secret,
        ),
        "zendesk": lambda: Zendesk(
            settings.zendesk_url, settings.zendesk_email, settings.zendesk_token
        ),
        "mail": lambda: MailDesk(settings.handoff_smtp_url),
        "webhook": lambda: WebhookDesk(
            settings.handoff_webhook_url, settings.handoff_webhook_secret
        ),
    }
    try:
        return {name: made[name]() for name in settings.handoff_desks if name != EMBEDDED}
    except ValueError as error:  # only the address of a mailbox is parsed
        raise SettingsError(f"PRIVACY_BOT_HANDOFF_SMTP_URL: {error}") from None
