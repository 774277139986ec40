"""What we measure, each figure beside something from the same run. See docs/bench.md."""
