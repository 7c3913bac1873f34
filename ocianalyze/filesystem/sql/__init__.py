"""SQL over one image: tables in memory, filled as far as a query names them."""
