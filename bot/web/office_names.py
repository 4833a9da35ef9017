"""Names of kinds, actions, states and channels, as the office reads them."""

NAMES = {
    "marketing_email": "Marketing e-mail",
    "targeted_advertising": "Targeted ads",
    "sharing": "Sharing and sale",
    "phone_mail_marketing": "Phone and post",
    "opt_out": "Opt out",
    "opt_in": "Undo",
    "chat": "Chat",
    "agent": "Agent",
    "cli": "Command line",
    "web_form": "Form",
    "one_click": "One click",
    "gpc": "Browser signal",
    "received": "Received",
    "open": "Open",
    "in_progress": "In progress",
    "fulfilled": "Fulfilled",
    "denied": "Denied",
    "revoked": "Revoked",
    "unconfirmed": "Unconfirmed",
}
