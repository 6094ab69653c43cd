"""The application's own parts in this process, on a table of their own on the embedded AWS, with their units counted."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from chalicelib import settings, wiring
from chalicelib.domain.people import Account, Role
from chalicelib.domain.plans import Plan
from chalicelib.domain.workspaces import Member, Workspace
from chalicelib.gateways import aws
from chalicelib.ports import Ports
from chalicelib.storage.items import Item
from tests.support.system import System

TABLE = "for-counting"


@dataclass
class Units:
    """What DynamoDB says each call cost, since the last `start`."""

    written: float = 0
    read: float = 0
    operations: list[str] = field(default_factory=list)

    def start(self) -> None:
        self.written, self.read, self.operations = 0, 0, []

    def ask(self, params: dict[str, Any], **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def count(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        told = parsed.get("ConsumedCapacity", [])
        units = sum(item["CapacityUnits"] for item in (told if isinstance(told, list) else [told]))
        self.operations.append(model.name)
        if model.name in ("GetItem", "Query", "BatchGetItem"):
            self.read += units
        else:
            self.written += units


@dataclass(frozen=True)
class Inside:
    ports: Ports
    units: Units

    def account(self, name: str) -> Account:
        """Somebody with an account and nothing else."""
        account = self._somebody(name)
        assert self.ports.accounts.add(account)
        return account

    def _somebody(self, name: str) -> Account:
        now = self.ports.now()
        return Account(
            id=self.ports.new_id(),
            name=name,
            email=f"{name.lower()}@inside.example",
            password_hash="",
            locale="en",
            created_at=now,
            sessions_from=now,
        )

    def owner(self) -> tuple[Account, Workspace]:
        """An owner of a workspace on the largest plan."""
        account = self._somebody(f"Owner{self.ports.new_id()}")
        workspace = Workspace(
            id=self.ports.new_id(), name="Inside", plan=Plan.ENTERPRISE, communicate=True, created_at=self.ports.now()
        )
        member = Member(
            workspace_id=workspace.id, account_id=account.id, name=account.name, email=account.email, role=Role.OWNER
        )
        assert self.ports.accounts.add(account, workspace, member)
        return account, workspace


@contextmanager
def inside(system: System) -> Iterator[Inside]:
    """The parts as the API's function builds them; afterwards this process knows nothing of them."""
    _table(system)
    before, connection, meta = dict(os.environ), Item._connection, (Item.Meta.table_name, Item.Meta.region)
    os.environ.update(system.place.environment() | system.place.deployed()["environment"] | {"TABLE_NAME": TABLE})
    os.environ["AWS_ENDPOINT_URL"] = system.place.aws
    try:
        _forget()
        ports = wiring.build(settings.read(os.environ))
        units, events = Units(), Item._get_connection().connection.client.meta.events
        events.register("provide-client-params.dynamodb.*", units.ask)
        events.register("after-call.dynamodb.*", units.count)
        yield Inside(ports, units)
    finally:
        os.environ.clear()
        os.environ.update(before)
        _forget()
        Item._connection = connection
        Item.Meta.table_name, Item.Meta.region = meta


def _table(system: System) -> None:
    """Without a stream: nothing follows from what is written here."""
    client = system.aws("dynamodb")
    if TABLE not in client.list_tables()["TableNames"]:
        client.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )


def _forget() -> None:
    aws.client.cache_clear()
    aws._session.cache_clear()
    wiring.configured.cache_clear()
