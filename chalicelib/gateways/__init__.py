"""The outside world: one module each. Foreign errors become ours here, at the border."""
