"""Files: each under its id. How much a workspace's files take is counted in the same write as what comes and goes."""

from collections.abc import Iterable
from datetime import timedelta

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from ..domain import errors
from ..domain.files import FORGOTTEN_AFTER, File, FileState, Verdict
from . import items, keys
from .codec import Codec, Stored
from .errors import conditional_write, translate_errors
from .items import FileItem, Item, StoredBytesItem
from .reading import each, maybe, one_of

_KEPT = FORGOTTEN_AFTER + timedelta(days=2)


@translate_errors
class Files:
    def add(self, file: File) -> None:
        with conditional_write():
            file_item(file).save(Item.pk.does_not_exist())

    def get(self, file_id: str) -> File | None:
        return maybe(file, items.get(FileItem, *keys.file(file_id)))

    def get_many(self, file_ids: Iterable[str]) -> dict[str, File]:
        results = items.get_all(keys.file(file_id) for file_id in file_ids)
        return {result.id: result for result in each(file, results.values())}

    def claim(self, claimed: File) -> bool:
        free = FileItem.pk.exists() & (FileItem.tag.does_not_exist() | (FileItem.tag == claimed.tag))
        return self._update(claimed, free, FileItem.tag.set(claimed.tag), FileItem.size.set(claimed.size))

    def describe(self, file: File) -> None:
        self._update(file, FileItem.pk.exists() & (FileItem.seq == 0), FileItem.alt.set(file.alt))

    def release(self, claimed: File) -> None:
        self._update(claimed, _waits(claimed), FileItem.tag.remove())

    def check(self, claimed: File) -> None:
        self._update(claimed, _waits(claimed), FileItem.state.set(FileState.CHECKING))

    def decide(self, decided: File) -> bool:
        undecided = FileItem.state.is_in(str(FileState.WAITING), str(FileState.CHECKING))
        actions: list[Action] = [
            FileItem.state.set(decided.state),
            FileItem.verdict.set(str(decided.verdict)),
            FileItem.type.set(decided.type),
            FileItem.served_as.set(decided.served_as),
            FileItem.size.set(decided.size),
            FileItem.width.set(decided.width),
            FileItem.height.set(decided.height),
            FileItem.has_preview.set(decided.has_preview),
        ]
        counted: list[Action] = [StoredBytesItem.kind.set(StoredBytesItem), StoredBytesItem.total.add(decided.size)]
        with conditional_write() as outcome, items.transaction() as write:
            is_it = undecided & (FileItem.tag == decided.tag)
            write.update(FileItem(*keys.file(decided.id)), actions=actions, condition=is_it)
            write.update(_counter(decided.workspace_id), actions=counted)
        return outcome.held

    def forget(self, file: File) -> None:
        with conditional_write() as outcome, items.transaction() as write:
            write.delete(FileItem(*keys.file(file.id)), condition=FileItem.state == str(file.state))
            if file.verdict:
                write.update(_counter(file.workspace_id), actions=[StoredBytesItem.total.add(-file.size)])
        if not outcome.held and self.get(file.id):
            raise errors.busy()

    def _update(self, file: File, condition: Condition, *actions: Action) -> bool:
        with conditional_write() as outcome:
            FileItem(*keys.file(file.id)).update(list(actions), condition)
        return outcome.held


def _verdict(stored: str) -> Verdict | None:
    return one_of(Verdict, stored, Verdict.FAILED) if stored else None


_FILES = Codec(
    File,
    FileItem,
    nearest={"state": FileState.BLOCKED},
    stored={"verdict": Stored(lambda verdict: verdict or "", _verdict)},
)
file = _FILES.read
"""A state that this code doesn't know is given to nobody."""


def file_item(noun: File) -> FileItem:
    gone_at = None if noun.seq else noun.created_at + _KEPT
    return _FILES.item(noun, *keys.file(noun.id), gone_at=gone_at)


def _waits(claimed: File) -> Condition:
    waits: Condition = (FileItem.state == str(FileState.WAITING)) & (FileItem.tag == claimed.tag)
    return waits


def _counter(workspace_id: str) -> StoredBytesItem:
    return StoredBytesItem(keys.workspace(workspace_id), "B")
