"""The app's own Prometheus and Alertmanager: samples of the machines' metrics, queries, alert rules, receivers."""
