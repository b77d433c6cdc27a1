"""Pure composition of the gateway's own documents out of the parts that services publish."""
