"""Sources and publisher."""
