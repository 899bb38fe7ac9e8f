"""What trains a model when it is run, what that draws at random, and what seeds it."""
