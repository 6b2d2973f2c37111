"""From raw text to a document: characters, normalization with the way back, sentences, tokens."""
