"""The command line: one file per command, arguments and exit codes only."""
