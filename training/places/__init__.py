"""The table of places, built from GeoNames (CC BY 4.0), and the command that builds it."""
