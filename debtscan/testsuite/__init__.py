"""What a Python test runner would collect, and what those tests reach."""
