"""Files that people write: the contract, the targets, what the caller says was shipped."""
