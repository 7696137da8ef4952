"""The parts of ``benchmarks.load``."""
