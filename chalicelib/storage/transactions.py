"""Transactions that wait their turn: where another one holds an item this moment, nothing was written, and a try later may."""

import random
import time
from typing import Any

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

# Four tries, and about half a second in all: parallel writes of one item pass one after the other.
_PAUSES = (0.02, 0.08, 0.3)


class RetryingTransaction(TransactWrite):
    def _commit(self) -> Any:
        for pause in _PAUSES:
            try:
                return super()._commit()
            except TransactWriteError as error:
                if not _is_taken(error):
                    raise
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  # so that they don't meet again
        return super()._commit()


def _is_taken(error: TransactWriteError) -> bool:
    """Only another transaction is in the way; where a condition failed too, there is nothing to wait for."""
    codes = {reason.code for reason in error.cancellation_reasons if reason is not None}
    return "TransactionConflict" in codes and "ConditionalCheckFailed" not in codes
