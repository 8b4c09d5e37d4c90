"""ACT: Exchange Online, seen through ExchangeAdmin only."""
