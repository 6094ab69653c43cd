"""`make run`: starts the whole system, says `Ready`, and ends all of it on Ctrl-C."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from cloud import bundle
from cloud.package import ROOT, Package, make
from local import aws, leash, seeds, stack
from local.place import HOST, CannotStart, Place, of

_PATIENCE = 60
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Process = subprocess.Popen[bytes]


def main() -> None:
    try:
        place = of(os.environ)
        _refuse_taken_ports(place)
        with _alone_in(place.data), _children() as children:
            _start(place, children)
            _say_ready(place)
            aws.sweep(place)
            _watch(place, children)
    except CannotStart as reason:
        sys.exit(str(reason))
    except KeyboardInterrupt:
        sys.exit(130)


def _start(place: Place, children: dict[str, Process]) -> None:
    place.logs.mkdir(parents=True, exist_ok=True)
    children["aws"] = aws.start(place)
    package = _package()
    aws.wait(place, children["aws"])
    if stack.deploy(place, package):
        aws.save(place)
    deployed = place.deployed()
    environment = {**place.environment(), **deployed["environment"]}
    rights = aws.credentials(place, deployed["functions"]["api"])
    children["app"] = _child(place, "app", {**environment, **rights, "PORT": str(place.port)}, "local.gateway")
    children["playground"] = _child(place, "playground", _ports(place), "local.playground")
    planting = seeds.plant(environment)
    _wait_for(place.port, children["app"])
    _wait_for(place.playground_port, children["playground"])
    stack.warm(place)
    if planting.wait(_PATIENCE) != 0:
        raise CannotStart("The seeds couldn't be planted. `make reset` empties the data; then try again.")


def _package() -> Package:
    """The package of the cloud where this machine can run it, else one for this machine."""
    target = bundle.this_machine()
    return make(ROOT / "build" if target == bundle.LAMBDA else ROOT / "build" / "local", target)


def _child(place: Place, name: str, environment: dict[str, str], module: str) -> Process:
    return leash.start([sys.executable, "-m", module], environment, place.logs / f"{name}.log")


def _ports(place: Place) -> dict[str, str]:
    ports = {"PORT": place.port, "PLAYGROUND_PORT": place.playground_port, "AWS_PORT": place.aws_port}
    return {**place.environment(), "DATA_DIR": str(place.data), **{name: str(port) for name, port in ports.items()}}


def _refuse_taken_ports(place: Place) -> None:
    wanted = {"PORT": place.port, "PLAYGROUND_PORT": place.playground_port, "AWS_PORT": place.aws_port}
    if len(set(wanted.values())) < len(wanted):
        raise CannotStart(f"{', '.join(wanted)} must be different ports.")
    for name, port in wanted.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                raise CannotStart(
                    f"{name} {port} is in use. Stop what listens there, or set {name} to another."
                ) from None


@contextlib.contextmanager
def _alone_in(data: Path) -> Iterator[None]:
    """Two systems in one folder would overwrite each other's data."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(
                f"DATA_DIR {data} is in use by another run. Stop it, or set DATA_DIR to another."
            ) from None
        yield


@contextlib.contextmanager
def _children() -> Iterator[dict[str, Process]]:
    """Processes by name, all ended when this ends, the embedded AWS last because it saves what the others did."""
    children: dict[str, Process] = {}
    for number in _ENDINGS:
        signal.signal(number, _interrupt)
    try:
        yield children
    finally:
        for number in _ENDINGS:
            signal.signal(number, signal.SIG_IGN)
        leash.stop(list(reversed(children.values())), patience=20)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _wait_for(port: int, process: Process) -> None:
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.03)
    raise CannotStart(f"What should listen on port {port} didn't start; the folder `logs` in DATA_DIR says why.")


def _say_ready(place: Place) -> None:
    print("Ready")
    print(f"  Application  {place.application}/   (owner@pro.example, {seeds.PASSWORD})")
    print(f"  Playground   {place.playground}/   (mails, Slack, Teams, clock, functions)")
    print(f"  AWS          {place.aws}/", flush=True)


def _watch(place: Place, children: dict[str, Process]) -> None:
    while True:
        for name, process in children.items():
            if process.poll() is not None:
                raise CannotStart(f"{name} ended by itself; {place.logs / f'{name}.log'} says why. Stopped the rest.")
        time.sleep(0.5)


if __name__ == "__main__":
    main()
