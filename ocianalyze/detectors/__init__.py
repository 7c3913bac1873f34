"""What a file is or holds, seen while its bytes pass."""
