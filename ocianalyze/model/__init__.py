"""Pure data that every room shares; imports only errors and limits."""
