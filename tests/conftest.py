"""The rooms that tests work in."""

pytest_plugins = [
    "tests.rooms.toy",
    "tests.rooms.deployment",
    "tests.rooms.properties",
    "tests.rooms.tile_browser",
]
