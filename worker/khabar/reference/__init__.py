"""Who a noun phrase refers to: mentions, the candidates for each, and a learned choice among them."""
