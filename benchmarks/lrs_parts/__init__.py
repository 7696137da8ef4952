"""The parts of ``benchmarks.lrs``."""
