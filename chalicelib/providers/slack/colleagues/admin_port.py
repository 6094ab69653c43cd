"""What inviting asks of Slack."""

from typing import Protocol, cast

from ....domain.identities import Identity, Installation
from ....domain.providers import Provider
from ....ports import Ports
from .rules import InviteColleagueResult, SlackWorkspace, Wanted


class SlackAdminPort(Protocol):
    """What Slack lets us see and do about a workspace's people. All but `invite` and `share` may raise ProviderFailed."""

    def workspace(self, identity: Identity, installed: Installation) -> SlackWorkspace: ...
    def begin(self, state: str) -> str: ...
    def address(self, workspace: SlackWorkspace) -> str:
        """Slack's own link that opens this workspace, at our app; Slack documents none into its dialog."""

    def finish(self, code: str) -> tuple[str, str, str]: ...
    def invite(self, token: str, team_id: str, email: str, wanted: Wanted) -> InviteColleagueResult: ...
    def share(self, installed: Installation, email: str, channel_id: str) -> InviteColleagueResult: ...


def admin_of(ports: Ports) -> SlackAdminPort:
    return cast(SlackAdminPort, ports.features[Provider.SLACK])
