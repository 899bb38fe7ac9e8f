"""One module a topic of corpus/: `find(clone, commit)` asks debtscan, `compare(labels, found)` scores the answer."""
