"""The environment decides the target; anything that is not a loopback fake is refused, and mismatches name both sides."""

import pytest

from fourways.cloud import target
from fourways.cloud.target import TargetError


def test_the_cloud_is_the_default() -> None:
    assert target.current({}).name == "cloud"
    assert target.current({"FOURWAYS_FAKE": "  "}).protocol == "HTTPS"


@pytest.mark.parametrize("address", ["127.0.0.1:4566", "localhost:1", "[::1]:4566", "127.3.2.1:65535"])
def test_a_loopback_address_is_the_fake(address: str) -> None:
    found = target.current({"FOURWAYS_FAKE": address, "FOURWAYS_FAKE_CA": "/ca.pem"})
    assert (found.name, found.address, found.ca, found.protocol) == ("fake", address, "/ca.pem", "HTTP")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1:4566", "example.com:443", "127.0.0.1:0", "127.0.0.1:99999", "127.0.0.1:x", "1"])
def test_other_addresses_are_refused_with_what_is_allowed(address: str) -> None:
    with pytest.raises(TargetError, match=r"loopback host and port such as 127\.0\.0\.1:4566") as error:
        target.current({"FOURWAYS_FAKE": address})
    assert repr(address) in str(error.value)


def test_a_state_of_the_other_target_is_named() -> None:
    fake, cloud = target.current({"FOURWAYS_FAKE": "127.0.0.1:1"}), target.current({})
    assert target.state_mismatch("fake", fake) is None
    assert target.state_mismatch(None, cloud) is None
    message = target.state_mismatch("fake", cloud)
    assert message
    assert "'fake'" in message
    assert "'cloud'" in message
    assert "fourways shell" in message
    assert "unset FOURWAYS_FAKE" in str(target.state_mismatch("cloud", fake))


def test_accounts_are_named_in_a_mismatch() -> None:
    assert target.account_mismatch("1", "1") is None
    assert target.account_mismatch(None, "1") is None
    message = str(target.account_mismatch("1000", "2000"))
    assert "1000" in message
    assert "2000" in message


def test_the_first_line_of_an_operation() -> None:
    assert target.current({}).describe("1234", "ap-southeast-1") == "target: cloud, account 1234, ap-southeast-1"
    assert target.current({"FOURWAYS_FAKE": "127.0.0.1:1"}).describe() == "target: fake (127.0.0.1:1)"
