"""What an article is about and what kind of text it is: linear models over its words and its form."""
