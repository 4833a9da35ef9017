"""The office: the page of privacy officers, and the calls of that page."""

from fastapi import APIRouter

from bot.accounts.model import Role
from bot.web.context import WebContext
from bot.web.staff import StaffDoor, session_routes


def office(web: WebContext) -> APIRouter:
    """Return the routes of the office."""
    routes = APIRouter(prefix="/office", tags=["office"])
    routes.include_router(session_routes(StaffDoor(web, Role.OFFICER)))
    return routes
