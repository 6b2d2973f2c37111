"""Arabic grammar that several extractors need: surface forms, numerals, calendars, quotation glyphs. Pure, like the pipeline."""
