"""Who may read and write what: rights, policies, and ways past them."""
