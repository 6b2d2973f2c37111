"""How an article ends: one record or one rejection, published in one atomic step; and how long that is kept."""
