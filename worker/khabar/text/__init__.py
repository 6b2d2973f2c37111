"""From raw text to a document: characters, normalization with a map back to the raw text, sentences, tokens."""
