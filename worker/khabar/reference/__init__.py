"""Find the speaker that a noun phrase or a verb refers to: mentions, the candidates, and a learned choice among them."""
