"""The sections of a target file, one module per room."""
