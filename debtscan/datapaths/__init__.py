"""Which files code reads and writes, and what is known of each: in git, tracked elsewhere, made, fetched, or nowhere."""
