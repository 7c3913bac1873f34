"""Coverage-guided fuzzing of every binary parser: `python -m tests.hostile.fuzz`."""
