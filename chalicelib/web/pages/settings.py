"""Settings of one's account and workspaces; and the workspace's people."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from ...domain import errors
from ...domain.calls import CallKind, CallSettings
from ...domain.ends import OUTSIDE_DAYS
from ...domain.people import Role
from ...domain.personal_lines import MOST_SAVED
from ...domain.providers import SIGN_INS
from ...domain.workspaces import FilePolicy, HandOverPolicy, Member, Mismatch, WhoMayInvite
from ...usecases import accounts, addresses, calls, identities, profile_pictures, workspaces
from ...usecases.workspaces import WorkspaceSettings
from ..requests import MOST_BYTES_OF_PHOTO
from . import flash, people, settings_shown
from .routing import Page, PageRequest, Pages, Redirect

routes = Pages(__name__)
_SECTIONS = {"account": "profile", "picture": "profile", "identities": "profile", "mails": "notifications"}
"""Where a part stands that has no section of its own name."""
_MOST_MEMBERS, _DND_HOURS = 200, ("1", "4", "24", "168")


@routes.page("/settings", signed_in=True)
def settings_page(request: PageRequest) -> Page:
    return _settings(request, request.incoming.query.get("workspace", ""), request.incoming.query.get("saved"))


@routes.form("/settings/account", signed_in=True)
def save_account(request: PageRequest) -> Page | Redirect:
    def save() -> None:
        accounts.save_profile(request.ports, request.account, request.field("name"), request.field("locale"))
        if "meeting_url" in request.form:
            calls.save_meeting_url(request.ports, request.account, request.field("meeting_url"), "meeting_url")

    return _done(request, "account", save)


@routes.form("/settings/picture", signed_in=True, most_bytes=MOST_BYTES_OF_PHOTO)
def save_picture(request: PageRequest) -> Page | Redirect:
    chosen = request.files.get("file")

    def save() -> None:
        if chosen is None:
            raise errors.wrong_field("picture", "required", "Choose a picture first.")
        profile_pictures.choose(request.ports, request.account, chosen.content)

    return _done(request, "picture", save)


@routes.form("/settings/picture/remove", signed_in=True)
def remove_picture(request: PageRequest) -> Page | Redirect:
    return _done(request, "picture", lambda: profile_pictures.remove(request.ports, request.account))


@routes.form("/settings/mails", signed_in=True)
def save_mails(request: PageRequest) -> Page | Redirect:
    notices, missed_mail = bool(request.field("notices")), bool(request.field("missed_mail"))
    return _done(request, "mails", lambda: accounts.save_notices(request.ports, request.account, notices, missed_mail))


@routes.form("/settings/notifications", signed_in=True)
def save_notifications(request: PageRequest) -> Page | Redirect:
    return _done(
        request, "notifications", lambda: accounts.change(request.ports, request.account, _quiet_times(request))
    )


def _quiet_times(request: PageRequest) -> accounts.AccountSettings:
    """`dnd` is a number of hours from now, `keep` for what was chosen before, or nothing."""
    now = accounts.settings_of(request.account)
    hours, kept = request.field("dnd"), now.dnd_until if request.field("dnd") == "keep" else None
    chosen = request.ports.now() + timedelta(hours=int(hours)) if hours in _DND_HOURS else kept
    return replace(
        now,
        time_zone=request.field("time_zone"),
        quiet=(request.field("quiet.from"), request.field("quiet.to")) if request.field("quiet") else None,
        dnd_until=chosen,
        push_text=bool(request.field("push_text")),
    )


@routes.form("/settings/identities/remove", signed_in=True)
def unlink(request: PageRequest) -> Page | Redirect:
    return _done(request, "identities", lambda: identities.unlink(request.ports, request.account, request.field("key")))


@routes.form("/settings/workspace", signed_in=True)
def save_workspace(request: PageRequest) -> Page | Redirect:
    return _done(
        request,
        "workspace",
        lambda: workspaces.change(request.ports, request.account, _workspace_id(request), _wanted(request)),
    )


@routes.form("/settings/lines", signed_in=True)
def save_lines(request: PageRequest) -> Page | Redirect:
    typed = [request.field(f"line_{at}") for at in range(MOST_SAVED)]
    kept = [(at, text) for at, text in enumerate(typed) if text.strip()]

    def save() -> None:
        try:
            workspaces.save_lines(request.ports, request.account, _workspace_id(request), [text for _, text in kept])
        except errors.Refusal as refusal:
            raise _by_field(refusal, [at for at, _ in kept]) from refusal

    return _done(request, "lines", save)


def _by_field(refusal: errors.Refusal, places: list[int]) -> errors.Refusal:
    """What is wrong with one line stands at its own field, of which empty ones before it weren't sent."""
    fields = {f"items[{number}]": f"line_{at}" for number, at in enumerate(places)}
    if not refusal.fields:
        return refusal
    return errors.wrong_fields(
        tuple(replace(fault, field=fields.get(fault.field, fault.field)) for fault in refusal.fields)
    )


@routes.form("/settings/members", signed_in=True)
def add_member(request: PageRequest) -> Page | Redirect:
    def add() -> None:
        workspaces.add_member(
            request.ports, request.account, _workspace_id(request), request.field("email"), _role(request), request.ids
        )

    return _done(request, "members", add)


@routes.form("/settings/members/{account_id}", signed_in=True)
def change_member(request: PageRequest) -> Page | Redirect:
    account_id = request.path["account_id"]
    return _done(
        request,
        "members",
        lambda: workspaces.change_role(
            request.ports, request.account, _workspace_id(request), account_id, _role(request)
        ),
    )


@routes.form("/settings/members/{account_id}/remove", signed_in=True)
def remove_member(request: PageRequest) -> Page | Redirect:
    account_id = request.path["account_id"]
    return _done(
        request,
        "members",
        lambda: workspaces.remove_member(request.ports, request.account, _workspace_id(request), account_id),
    )


def _done(request: PageRequest, part: str, do: Any) -> Page | Redirect:
    try:
        do()
    except errors.Refusal as refusal:
        if refusal.kind is errors.RefusalKind.UNKNOWN:
            raise
        problems = request.problems(refusal)
        text = problems.get("form")
        return _settings(
            request, request.field("workspace_id"), None, problems, {"kind": "danger", "text": text} if text else None
        )
    section = _SECTIONS.get(part, part)
    return Redirect(f"/settings?workspace={request.field('workspace_id')}&saved={part}#{section}")


def _settings(
    request: PageRequest,
    chosen: str,
    saved: str | None,
    problems: dict[str, str] | None = None,
    notice: dict[str, str] | None = None,
) -> Page:
    mine = people.workspaces(request.ports, request.account)
    wanted = next((item["id"] for item in mine if item["id"] == chosen), mine[0]["id"] if mine else "")
    members: list[Member] = []
    workspace, member = None, None
    if wanted:
        workspace, member = workspaces.as_member(request.ports, request.account, wanted)
        members, _ = workspaces.members(request.ports, member, _MOST_MEMBERS)
    return request.page(
        "settings.html",
        422 if problems else 200,
        workspaces=mine,
        account={
            "name": request.account.name,
            "email": request.account.email,
            "bounces": addresses.bounces(request.ports, request.account.email),
            "locale": request.account.locale,
            "notices": request.account.notices,
            "missed_mail": request.account.missed_mail,
            "meeting_url": request.account.meeting_url,
        },
        quiet=settings_shown.quiet(request),
        workspace=settings_shown.workspace(request, workspace, member) if workspace and member else None,
        members=[settings_shown.member(item, member) for item in members] if member else [],
        identities=settings_shown.identities(request),
        can_link=[
            (str(provider), provider.shown) for provider in SIGN_INS if provider.option in request.ports.configured
        ],
        saved=saved,
        errors=problems or {},
        notice=notice or flash.notice(request),
    )


def _wanted(request: PageRequest) -> WorkspaceSettings:
    days, who, mismatch = request.field("invitation_days"), request.field("who_may_invite"), request.field("mismatch")
    hand_over, files = request.field("hand_over"), request.field("files")
    kind, outside_days = request.field("calls.kind"), request.field("outside_days")
    if not days.isdecimal() or len(days) > 4:
        raise errors.wrong_field("invitation_days", "out_of_range", "Choose 1 to 90 days.")
    return WorkspaceSettings(
        name=request.field("name"),
        communicate=bool(request.field("communicate")),
        invitation_days=int(days),
        allowed_domains=tuple(request.field("allowed_domains").replace(",", " ").split()),
        denied_domains=tuple(request.field("denied_domains").replace(",", " ").split()),
        who_may_invite=WhoMayInvite(who) if who in list(WhoMayInvite) else None,
        mismatch=Mismatch(mismatch) if mismatch in list(Mismatch) else None,
        locale=request.field("locale") or None,
        hand_over=HandOverPolicy(hand_over) if hand_over in list(HandOverPolicy) else None,
        outside_days=int(outside_days) if outside_days in map(str, (0, *OUTSIDE_DAYS)) else None,
        files=FilePolicy(files) if files in list(FilePolicy) else None,
        calls=CallSettings(CallKind(kind), request.field("calls.url")) if kind in list(CallKind) else None,
    )


def _role(request: PageRequest) -> Role:
    role = request.field("role")
    return Role(role) if role in list(Role) else Role.MEMBER


def _workspace_id(request: PageRequest) -> str:
    """From the form; judged like an id in a path."""
    chosen = request.field("workspace_id")
    if not chosen.isalnum() or len(chosen) != 16:
        raise errors.unknown()
    return chosen
