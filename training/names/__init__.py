"""Makes the lists and the letters that write Arabic names in English."""
