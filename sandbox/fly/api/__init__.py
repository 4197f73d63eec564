"""The API of the platform: Machines REST, GraphQL, logs, Prometheus."""
