"""The benchmarks behind `make bench`: ratios and counts, side by side, never bare milliseconds of one machine."""
