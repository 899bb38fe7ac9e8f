"""Pretrained models that code loads from elsewhere, and whether the same file comes tomorrow."""
