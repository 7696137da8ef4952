"""How many requests a client may send: a token bucket for each, shared by all processes (decision 071)."""
