"""Services that answer requests with a model: what makes them, what their handlers take, what they load and when."""
