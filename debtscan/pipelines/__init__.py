"""Steps of pipelines: those that an orchestrator declares, and the commands that scripts, CI and documents write down.

One reader an engine, in a module of its own. A reader sees the content of one file and never its path; `readers` knows
which of them a file may concern, and `runs` what a command runs.
"""
