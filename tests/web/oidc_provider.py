"""A provider of OpenID Connect for the tests: Django OAuth Toolkit, with two people and one client.

Run with: port, callback URL, folder. Its people sign in with their name as password.
"""

import sys
from pathlib import Path
from wsgiref.simple_server import make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

PORT, CALLBACK, FOLDER = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
ROLES = {"olga": ["officer"], "both": ["agent", "officer"], "guest": []}
LOGIN = """<form method=post>{% csrf_token %}<label>Name <input name=username></label>
<label>Password <input name=password type=password></label><button>Log in</button></form>"""


def private_key() -> str:
    """Return a new key in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return pem.decode()


settings.configure(
    SECRET_KEY="of-the-tests-only",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    INSTALLED_APPS=[
        *("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"),
        "oauth2_provider",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    ("django.template.loaders.locmem.Loader", {"registration/login.html": LOGIN})
                ]
            },
        }
    ],
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(FOLDER / "provider.db")}
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    LOGIN_URL="/login/",
    USE_TZ=True,
    OAUTH2_PROVIDER={
        "OIDC_ENABLED": True,
        "OIDC_RSA_PRIVATE_KEY": private_key(),
        "PKCE_REQUIRED": True,
        "SCOPES": {"openid": "Who you are", "profile": "Your name"},
        "OAUTH2_VALIDATOR_CLASS": f"{__name__}.Validator",
    },
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.contrib.auth.views import LoginView  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402
from oauth2_provider.models import Application  # noqa: E402
from oauth2_provider.oauth2_validators import OAuth2Validator  # noqa: E402

urlpatterns = [
    path("login/", LoginView.as_view()),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]


class Validator(OAuth2Validator):
    """Validator that adds names and roles to the ID token."""

    oidc_claim_scope = None

    def get_additional_claims(self, request: object) -> dict[str, object]:
        """Return the claims of a person."""
        name = request.user.get_username()  # type: ignore[attr-defined]
        return {"name": name.title(), "groups": ROLES[name]}


def main() -> None:
    """Make the people and the client, and serve."""
    call_command("migrate", verbosity=0)
    for name in ROLES:
        User.objects.create_user(name, password=name)
    Application.objects.create(
        client_id="privacy-bot",
        client_secret="secret-of-the-tests",
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=CALLBACK,
        skip_authorization=True,
        algorithm=Application.RS256_ALGORITHM,
    )
    make_server("127.0.0.1", PORT, get_wsgi_application()).serve_forever()


if __name__ == "__main__":
    main()
