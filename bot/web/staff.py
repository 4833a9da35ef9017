"""Sign-in of agents and officers: a token is traded for a session cookie, which every call needs.

The cookie is sent to the doors of the staff alone, and no script can read it. A call that changes
something must come from a page of this server.
"""

from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.accounts.model import Account, Role, joined
from bot.accounts.staff import SignInRefused, lacks
from bot.web import schemas
from bot.web.context import WebContext
from bot.web.errors import ApiError
from bot.web.requests import json_body, json_body_of
from bot.web.schemas import refusals

DOORS = {Role.AGENT: "/desk", Role.OFFICER: "/office"}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class StaffDoor:
    """Door for accounts with one role: it knows who calls, and signs them in and out."""

    def __init__(self, web: WebContext, role: Role) -> None:
        self._settings = web.settings
        self._limits = web.limits
        self._staff = web.services.staff
        self._role = role

    @property
    def has_single_sign_on(self) -> bool:
        """Return whether the page offers the single sign-on."""
        return bool(self._settings.oidc_issuer)

    def account(self, request: Request) -> Account:
        """Return the account that calls.

        Raise ApiError 401 without a session, and 403 for an account without the role, and for a
        call from a page of another site.
        """
        if request.method not in _SAFE:
            require_own_page(request, self._settings.public_url)
        # A page that nobody touches asks on, and says so: that must not keep a session alive.
        used = request.headers.get("x-background") != "1"
        secret = request.cookies.get(self._cookie(request))
        account = self._staff.sessions.account(secret, used) if secret else None
        if account is None:
            raise ApiError(401, "unauthorized", "You are not signed in, or no longer.")
        if self._role not in account.roles:
            raise ApiError(403, "forbidden", lacks(self._role))
        return account

    def note(self, act: str, account: Account, **content: object) -> None:
        """Add what an account did to the audit log; never a shopper's data."""
        self._staff.activity.note(act, account, **content)

    async def sign_in(self, request: Request) -> Response:
        """Trade a token for a session; a wrong one counts against the limit of sign-ins."""
        require_own_page(request, self._settings.public_url)
        await self._limits.check_sign_ins(request)
        body = await json_body(request, schemas.SignIn)
        try:
            source = self._limits.source(request)
            account, secret = self._staff.sign_in(body.token.strip(), self._role, source)
        except SignInRefused as error:
            await self._limits.count_failed_sign_in(request)
            raise ApiError(401, "unauthorized", str(error)) from None
        return self.signed_in(request, account, secret, who(account))

    def signed_in(
        self, request: Request, account: Account, secret: str, answer: Response
    ) -> Response:
        """Return an answer with the cookies of a new session; the one before it is over."""
        if before := request.cookies.get(self._cookie(request)):
            self._staff.sessions.end(before)
        for role in account.roles:
            answer.set_cookie(
                self._cookie(request),
                secret,
                max_age=int(self._settings.staff_session_hours * 3600),
                path=DOORS[role],
                secure=self._is_secure(request),
                httponly=True,
                samesite="strict",
            )
        return answer

    async def who(self, request: Request) -> Response:
        """Return who is signed in."""
        return who(self.account(request))

    async def sign_out(self, request: Request) -> Response:
        """End the session; it may be over already."""
        require_own_page(request, self._settings.public_url)
        name = self._cookie(request)
        if secret := request.cookies.get(name):
            self._staff.sign_out(secret)
        answer = Response(status_code=204)
        for path in DOORS.values():
            secure = self._is_secure(request)
            answer.delete_cookie(name, path, secure=secure, httponly=True, samesite="strict")
        return answer

    def _cookie(self, request: Request) -> str:
        """Return the name of the cookie; the prefix keeps plain HTTP from setting it."""
        return "__Secure-staff" if self._is_secure(request) else "staff"

    def _is_secure(self, request: Request) -> bool:
        told = request.headers.get("x-forwarded-proto", "") if self._settings.proxies else ""
        return self._settings.production or "https" in (request.url.scheme, told)


def session_routes(door: StaffDoor) -> APIRouter:
    """Return the routes of sign-in, sign-out and who is signed in, below those of a door."""
    routes, path = APIRouter(), "/session"
    told: dict[int | str, dict[str, Any]] = {200: {"model": schemas.SignedIn}}
    routes.add_api_route(
        path,
        door.sign_in,
        methods=["POST"],
        responses={**told, **refusals(400, 401, 403, 413, 429, 503)},
        openapi_extra=json_body_of(schemas.SignIn),
    )
    routes.add_api_route(
        path, door.who, methods=["GET"], responses={**told, **refusals(400, 401, 403, 429, 503)}
    )
    routes.add_api_route(
        path,
        door.sign_out,
        methods=["DELETE"],
        status_code=204,
        responses=refusals(400, 403, 429, 503),
    )
    return routes


def who(account: Account) -> JSONResponse:
    """Return the answer that says who is signed in."""
    return JSONResponse({"name": account.name, "roles": joined(account.roles).split(",")})


def require_own_page(request: Request, public_url: str) -> None:
    """Raise ApiError 403 unless a call comes from a page of this server (against CSRF).

    Browsers say so in Sec-Fetch-Site, and over plain HTTP in Origin alone.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    host = request.headers.get("host", "")
    own = {host, urlsplit(public_url).netloc} - {""}
    from_here = site == "same-origin" if site else urlsplit(origin or "").netloc in own
    if not from_here:
        raise ApiError(
            403, "forbidden_origin", "This call must come from a page of this server (Origin)."
        )
