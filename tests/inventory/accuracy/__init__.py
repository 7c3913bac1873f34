"""How true the inventory is: lists that each ecosystem's own tool gives, beside ours."""
