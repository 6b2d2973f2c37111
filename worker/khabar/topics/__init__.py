"""The topic and the genre of an article: linear models over its words and its form."""
