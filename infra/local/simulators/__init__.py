"""Stand-ins for services that cannot be installed; they know nothing of the product's code."""
