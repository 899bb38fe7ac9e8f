"""debtscan: find the technical debt of machine-learning repositories, and price it with an honest range."""

__version__ = "0.1.0"
