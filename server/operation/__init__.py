"""What an operator sees: settings, access log, metrics, limits on clients, health."""
