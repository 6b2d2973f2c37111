"""The `khabar` command: one subcommand a file."""
