"""What a client trips over is a provider's odd answer; a mistake of ours stays the error that it is."""

import json

import pytest

from chalicelib.gateways import unexpected
from chalicelib.ports import Disconnected, ProviderFailed
from chalicelib.providers.slack import client as slack
from chalicelib.providers.slack.relay import SlackRelay
from chalicelib.providers.slack.settings import Slack

pytestmark = pytest.mark.requirement("A39")


def test_a_typo_of_ours_is_not_a_provider_that_is_down() -> None:
    with pytest.raises(AttributeError):
        slack.call(Slack("", "", "", "http://127.0.0.1:1"), "no_such_method")
    with pytest.raises(ProviderFailed):
        slack.call(Slack("", "", "", "http://127.0.0.1:1"), "auth_test")
    assert not {AttributeError, TypeError} & set(unexpected.UNEXPECTED_RESPONSE_ERRORS)


def test_an_error_in_our_own_files_goes_through_and_one_in_a_client_is_an_odd_answer() -> None:
    relay = SlackRelay(Slack("", "", "", ""), lambda team: None, lambda *_: "", lambda *_: 0)
    with pytest.raises(AttributeError), unexpected.odd_answers():
        relay.open(None)  # type: ignore[arg-type]
    with pytest.raises(unexpected.OddAnswer), unexpected.odd_answers():
        json.loads(None)  # type: ignore[arg-type]
    assert issubclass(unexpected.OddAnswer, unexpected.UNEXPECTED_RESPONSE_ERRORS)
    assert not issubclass(Disconnected, unexpected.UNEXPECTED_RESPONSE_ERRORS)
