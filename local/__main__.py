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
from cloud.package import ROOT, Package, make, zip_of_pictures
from local import aws, child_process, seeds, stack
from local.config import HOST, CannotStart, LocalConfig, of

_PATIENCE = 60
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Process = subprocess.Popen[bytes]


def main() -> None:
    try:
        config = of(os.environ)
        _refuse_taken_ports(config)
        with _alone_in(config.data), _children() as children:
            _start(config, children)
            _say_ready(config)
            aws.sweep(config)
            _watch(config, children)
    except CannotStart as reason:
        sys.exit(str(reason))
    except KeyboardInterrupt:
        sys.exit(130)


def _start(config: LocalConfig, children: dict[str, Process]) -> None:
    config.logs.mkdir(parents=True, exist_ok=True)
    children["aws"] = aws.start(config)
    packaged = package()
    aws.wait(config, children["aws"])
    if stack.deploy(config, packaged):
        aws.save(config)
    serve(config, children)


def serve(config: LocalConfig, children: dict[str, Process], *, warm: bool = True) -> None:
    """Start what people open, on what is deployed; with the seeds, where they aren't planted."""
    deployed = config.deployed()
    environment = {**config.environment(), **deployed["environment"]}
    rights = aws.credentials(config, deployed["functions"]["api"])
    children["app"] = _child(config, "app", {**environment, **rights, "PORT": str(config.port)}, "local.gateway")
    children["playground"] = _child(config, "playground", _ports(config), "local.playground")
    planting = seeds.plant(environment)
    _wait_for(config.port, children["app"])
    _wait_for(config.playground_port, children["playground"])
    if warm:
        stack.warm(config)
    if planting.wait(_PATIENCE) != 0:
        raise CannotStart("The seeds couldn't be planted. `make reset` empties the data; then try again.")


def package() -> Package:
    """The package of the cloud where this machine can run it, else one for this machine."""
    target, own = bundle.this_machine(), ROOT / "build" / "local"
    decoding = zip_of_pictures(own, bundle.this_python())  # which Lambda runs by a newer one
    return make(ROOT / "build" if target == bundle.LAMBDA else own, target, decoding=decoding)


def _child(config: LocalConfig, name: str, environment: dict[str, str], module: str) -> Process:
    return child_process.start([sys.executable, "-m", module], environment, config.logs / f"{name}.log")


def _ports(config: LocalConfig) -> dict[str, str]:
    ports = {"PORT": config.port, "PLAYGROUND_PORT": config.playground_port, "AWS_PORT": config.aws_port}
    return {**config.environment(), "DATA_DIR": str(config.data), **{name: str(port) for name, port in ports.items()}}


def _refuse_taken_ports(config: LocalConfig) -> None:
    wanted = {"PORT": config.port, "PLAYGROUND_PORT": config.playground_port, "AWS_PORT": config.aws_port}
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
        child_process.stop(list(reversed(children.values())), patience=20)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _wait_for(port: int, process: Process) -> None:
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.03)
    raise CannotStart(f"What should listen on port {port} didn't start; the folder `logs` in DATA_DIR says why.")


def _say_ready(config: LocalConfig) -> None:
    print("Ready")
    print(f"  Application  {config.application}/   (owner@pro.example, {seeds.PASSWORD})")
    print(f"  Playground   {config.playground}/   (mails, Slack, Teams, clock, functions)")
    print(f"  AWS          {config.aws}/", flush=True)


def _watch(config: LocalConfig, children: dict[str, Process]) -> None:
    while True:
        for name, process in children.items():
            if process.poll() is not None:
                raise CannotStart(f"{name} ended by itself; {config.logs / f'{name}.log'} says why. Stopped the rest.")
        time.sleep(0.5)


if __name__ == "__main__":
    main()
