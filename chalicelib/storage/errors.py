"""Where PynamoDB's errors become ours: what may pass if tried again is a refusal, what is a bug stays one."""

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError
from pynamodb.exceptions import PynamoDBException, TransactWriteError

from ..domain import errors

_MAY_PASS = {
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "InternalServerError",
    "ServiceUnavailable",
    "TransactionInProgressException",
    "TransactionConflictException",
}
_CONFLICTS = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
Store = TypeVar("Store", bound=type)


def translate_errors(store: Store) -> Store:
    """Every public method of the store refuses with `busy` (503) where the table can't answer now."""
    for name, method in list(vars(store).items()):
        if callable(method) and not name.startswith("_"):
            setattr(store, name, _guard(method))
    return store


@dataclass(slots=True)
class WriteOutcome:
    """Whether the write's conditions held."""

    held: bool = True


@contextmanager
def conditional_write(or_conflict: bool = False) -> Iterator[WriteOutcome]:
    """Around one conditional write: a condition that doesn't hold is an answer, not an error.

    `or_conflict`: so is a transaction of somebody else on the same items at the same moment; the caller looks again.
    """
    outcome = WriteOutcome()
    try:
        yield outcome
    except PynamoDBException as error:
        if not is_failed_condition(error) and not (or_conflict and _conflicts(error)):
            raise
        outcome.held = False


def _conflicts(error: PynamoDBException) -> bool:
    return isinstance(error, TransactWriteError) and any(
        reason is not None and reason.code == "TransactionConflict" for reason in error.cancellation_reasons
    )


def is_failed_condition(error: PynamoDBException) -> bool:
    """Whether the write was refused by its condition, and by nothing else."""
    if isinstance(error, TransactWriteError) and error.cause_response_code == "TransactionCanceledException":
        codes = {reason.code for reason in error.cancellation_reasons if reason is not None}
        return "ConditionalCheckFailed" in codes
    return error.cause_response_code == "ConditionalCheckFailedException"


def _guard(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def at_the_border(*args: Any, **kwargs: Any) -> Any:
        with _busy_where_it_may_pass():
            return method(*args, **kwargs)

    @functools.wraps(method)
    def piece_by_piece(*args: Any, **kwargs: Any) -> Any:
        with _busy_where_it_may_pass():
            yield from method(*args, **kwargs)

    return piece_by_piece if inspect.isgeneratorfunction(method) else at_the_border


@contextmanager
def _busy_where_it_may_pass() -> Iterator[None]:
    try:
        yield
    except PynamoDBException as error:
        if _may_pass(error):
            raise errors.busy() from error
        raise


def _may_pass(error: PynamoDBException) -> bool:
    if isinstance(error, TransactWriteError) and error.cause_response_code == "TransactionCanceledException":
        return any(reason is not None and reason.code in _CONFLICTS for reason in error.cancellation_reasons)
    return isinstance(error.cause, BotoCoreError) or error.cause_response_code in _MAY_PASS
