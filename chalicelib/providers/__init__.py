"""Each other side that people come from, in a package of its own. Nothing else knows a provider's formats."""
