"""Single sign-on of agents and officers by OpenID Connect; off unless it is configured.

The authorization code flow with PKCE, state and nonce. What must be kept between the two calls is
in a signed cookie of ten minutes, so that any process can take the second call. Authlib makes the
requests and checks the ID token.
"""

import asyncio
import hmac
import secrets
from typing import Any, cast

import requests
import structlog
from fastapi import APIRouter
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.accounts.model import AccountError, Role
from bot.accounts.staff import SignInRefused
from bot.settings import Settings
from bot.web.context import WebContext
from bot.web.errors import ApiError, malformed, not_found
from bot.web.schemas import page_of
from bot.web.staff import DOORS, StaffDoor

log = structlog.get_logger()

PATH = "/sign-in"
_COOKIE = "sign_in"
_SECONDS = 600  # for a person to sign in at the provider
_TIMEOUT = 10  # seconds for an answer of the provider
_SCOPE = "openid profile"
# Signatures with a key that only the provider has; never "none", nor one with our own secret.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]


def single_sign_on(web: WebContext) -> APIRouter:
    """Return the routes of the single sign-on; without a provider they answer with 404."""
    routes, handlers = APIRouter(prefix=PATH, tags=["sign-in"]), _Handlers(web)
    for path, handler in (("", handlers.begin), ("/callback", handlers.finish)):
        responses = {303: {"description": "Go on there."}, **page_of(400, 401, 404, 429, 503)}
        responses.pop(200)
        routes.add_api_route(
            path, handler, methods=["GET"], response_class=Response, responses=responses
        )
    return routes


class Provider:
    """Provider of OpenID Connect, as the settings name it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.issuer = settings.oidc_issuer
        self._redirect = f"{settings.public_url.rstrip('/')}{PATH}/callback"

    def address(self, state: str, nonce: str, verifier: str) -> str:
        """Return the address at the provider to which a browser is sent."""
        address, _ = self._client().create_authorization_url(
            self._metadata()["authorization_endpoint"],
            state=state,
            nonce=nonce,
            code_verifier=verifier,
        )
        return str(address)

    def claims(self, code: str, nonce: str, verifier: str) -> dict[str, Any]:
        """Trade a code for an ID token, and return what it says; raises an error if it is wrong."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.jwk import KeySet, KeySetSerialization

        metadata = self._metadata()
        token = self._client().fetch_token(
            metadata["token_endpoint"], code=code, code_verifier=verifier, timeout=_TIMEOUT
        )
        keys = KeySet.import_key_set(cast("KeySetSerialization", _json(metadata["jwks_uri"])))
        signed = jwt.decode(token["id_token"], keys, algorithms=_ALGORITHMS)
        client = self._settings.oidc_client_id
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": client},
            },
            {"nonce": nonce, "client_id": client, "access_token": token.get("access_token")},
        )
        claims.validate(leeway=60)
        return dict(claims)

    def roles(self, claims: dict[str, Any]) -> frozenset[Role]:
        """Return the roles that the claim of the settings gives."""
        settings = self._settings
        told = claims.get(settings.oidc_roles_claim) or []
        values = {told} if isinstance(told, str) else set(map(str, told))
        named = {Role.AGENT: settings.oidc_agent_role, Role.OFFICER: settings.oidc_officer_role}
        return frozenset(role for role, value in named.items() if value in values)

    def _metadata(self) -> dict[str, Any]:
        metadata = _json(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if metadata.get("issuer") != self.issuer:
            raise ValueError("the provider names another issuer")
        return metadata

    def _client(self) -> Any:
        from authlib.integrations.requests_client import OAuth2Session

        return OAuth2Session(
            self._settings.oidc_client_id,
            self._settings.oidc_client_secret,
            scope=_SCOPE,
            redirect_uri=self._redirect,
            code_challenge_method="S256",
        )


class _Handlers:
    def __init__(self, web: WebContext) -> None:
        self._settings = web.settings
        self._limits = web.limits
        self._staff = web.services.staff
        self._provider = Provider(web.settings)
        self._signer = URLSafeTimedSerializer(web.settings.secrets, salt="privacy-bot.sign-in")
        self._doors = {DOORS[role]: (role, StaffDoor(web, role)) for role in Role}

    async def begin(self, door: str = DOORS[Role.AGENT]) -> Response:
        """Send the browser to the provider."""
        self._require_provider()
        if door not in self._doors:
            raise malformed(f'"door" must be one of {", ".join(self._doors)}.')
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        address = await self._asked(self._provider.address, state, nonce, verifier)
        answer = RedirectResponse(address, status_code=303)
        answer.set_cookie(
            _COOKIE,
            self._signer.dumps([state, nonce, verifier, door]),
            max_age=_SECONDS,
            path=PATH,
            secure=self._settings.public_url.startswith("https://"),
            httponly=True,
            samesite="lax",  # the provider sends the browser back from another site
        )
        return answer

    async def finish(
        self, request: Request, code: str = "", state: str = "", error: str = "", iss: str = ""
    ) -> Response:
        """Take the browser back from the provider, and begin a session."""
        self._require_provider()
        await self._limits.check_sign_ins(request)
        try:
            return await self._signed_in(request, code, state, error, iss)
        except ApiError as refused:
            if refused.status != 503:
                await self._limits.count_failed_sign_in(request)
            raise

    async def _signed_in(
        self, request: Request, code: str, state: str, error: str, iss: str
    ) -> Response:
        expected, nonce, verifier, door = self._remembered(request)
        if not hmac.compare_digest(state.encode(), expected.encode()):
            raise _refused("This answer belongs to another sign-in. Please begin again.")
        if error or not code:
            raise _refused("The provider did not sign you in. Please begin again.")
        if iss and iss != self._provider.issuer:
            raise _refused("This answer is from another provider. Please begin again.")
        claims = await self._asked(self._provider.claims, code, nonce, verifier)
        role, staff_door = self._doors[door]
        try:
            account, secret = self._staff.sign_in_by_identity(
                (self._provider.issuer, str(claims["sub"])),
                str(claims.get("name") or claims.get("preferred_username") or claims["sub"]),
                self._provider.roles(claims),
                role,
                self._limits.source(request),
            )
        except (SignInRefused, AccountError) as problem:
            raise _refused(str(problem)) from None
        answer = RedirectResponse(door, status_code=303)
        answer.delete_cookie(_COOKIE, PATH)
        return staff_door.signed_in(request, account, secret, answer)

    def _remembered(self, request: Request) -> tuple[str, str, str, str]:
        """Return state, nonce, verifier and door of the sign-in that this browser began."""
        try:
            kept = self._signer.loads(request.cookies.get(_COOKIE, ""), max_age=_SECONDS)
        except (BadSignature, UnicodeEncodeError):
            raise _refused("This sign-in was not begun here, or too long ago.") from None
        state, nonce, verifier, door = kept
        return state, nonce, verifier, door

    async def _asked(self, ask: Any, *arguments: str) -> Any:
        """Ask the provider, in a worker thread; what goes wrong is said in one line."""
        from authlib.common.errors import AuthlibBaseError
        from joserfc.errors import JoseError

        try:
            return await asyncio.to_thread(ask, *arguments)
        except requests.RequestException as error:
            log.warning("single sign-on: provider away", error=type(error).__name__)
            message = "The provider of the sign-in cannot be reached. Try again, or use a token."
            raise ApiError(503, "not_ready", message, retry_after=10) from None
        except (AuthlibBaseError, JoseError, KeyError, ValueError) as error:
            log.warning("single sign-on: refused", error=type(error).__name__)
            raise _refused("The answer of the provider is not valid. Please begin again.") from None

    def _require_provider(self) -> None:
        if not self._provider.issuer:
            raise not_found("There is no single sign-on here (PRIVACY_BOT_OIDC_ISSUER).")


def _refused(message: str) -> ApiError:
    return ApiError(401, "unauthorized", message)


def _json(address: str) -> dict[str, Any]:
    answer = requests.get(address, timeout=_TIMEOUT, allow_redirects=False)
    answer.raise_for_status()
    if answer.is_redirect:
        raise ValueError("the provider sends the request elsewhere")
    return dict(answer.json())
