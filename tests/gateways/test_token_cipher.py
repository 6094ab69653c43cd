"""Tokens of others: opened as seldom as may be, and never one for another."""

from chalicelib.gateways.token_cipher import kept_for_a_while


class Opener:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, encrypted: str) -> str:
        self.asked.append(encrypted)
        return f"opened {encrypted}"


def test_one_token_is_opened_once_in_five_minutes() -> None:
    """Before, twice for each call of Slack's."""
    times, kms = [0.0], Opener()
    unseal = kept_for_a_while(kms, lambda: times[0])
    assert {unseal("a") for _ in range(10)} == {"opened a"}
    assert unseal("b") == "opened b"
    assert kms.asked == ["a", "b"]
    times[0] = 299.0
    unseal("a")
    times[0] = 301.0
    unseal("a")
    assert kms.asked == ["a", "b", "a"]


def test_no_more_than_two_hundred_are_kept() -> None:
    kms = Opener()
    unseal = kept_for_a_while(kms, lambda: 0.0)
    for number in range(201):
        unseal(str(number))
    unseal("200")
    assert len(kms.asked) == 201
    unseal("0")
    assert kms.asked[-1] == "0"
