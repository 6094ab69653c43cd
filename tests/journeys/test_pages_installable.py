"""The pages can be installed as an application: the browser itself has nothing against it."""

import pytest

from tests.support.browsers import PRO, Windows
from tests.support.working_day import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
_OF_THIS_WINDOW = {"in-incognito"}
"""Chromium installs nothing from the private windows in which tests are played."""


def test_chromium_would_install_it(windows: Windows) -> None:
    page = windows.open("/chats", sign_in(windows.system, PRO))
    session = page.context.new_cdp_session(page)
    manifest = session.send("Page.getAppManifest")
    assert (manifest["errors"], manifest["url"].endswith("/app.webmanifest")) == ([], True)
    against = {error["errorId"] for error in session.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert against <= _OF_THIS_WINDOW
