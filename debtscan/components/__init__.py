"""What a component is: the signs in single files, and the kind that they add up to."""
