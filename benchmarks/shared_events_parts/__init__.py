"""What benchmarks.shared_events runs in processes of its own."""
