"""msal's way to Microsoft: with a time limit, and on one machine to the stand-in."""

from typing import Any

PUBLIC = "https://login.microsoftonline.com"
_TIMEOUT = 6


class MsalHttp:
    """msal's way out, with a time limit. It insists on https and a known host; on one machine the wire goes elsewhere."""

    def __init__(self, base: str) -> None:
        import requests

        self._base, self._session = base, requests.Session()

    def get(self, url: str, params: Any = None, headers: Any = None, **_: Any) -> Any:
        answer = _whole(self._session.get(self._there(url), params=params, headers=headers, timeout=_TIMEOUT))
        if "openid-configuration" in url and self._base != PUBLIC:
            answer._content = answer.text.replace(self._base, PUBLIC).encode()  # noqa: SLF001
        return answer

    def post(self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_: Any) -> Any:
        return _whole(self._session.post(self._there(url), params=params, data=data, headers=headers, timeout=_TIMEOUT))

    def close(self) -> None:
        self._session.close()

    def _there(self, url: str) -> str:
        return url.replace(PUBLIC, self._base, 1)


def _whole(answer: Any) -> Any:
    """A broken server is like one that isn't there: an OSError, where msal would raise an error of its own."""
    if answer.status_code >= 500:
        answer.raise_for_status()
    return answer
