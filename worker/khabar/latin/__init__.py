"""Names in Latin letters, as English news write them: from lists, else by the letters of Arabic names, else none."""
