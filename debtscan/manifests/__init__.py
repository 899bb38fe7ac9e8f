"""What manifests, locks and install commands say: one module per format, a pure function from text to records."""
