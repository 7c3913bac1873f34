"""DISA Container Platform SRG: the requirements that images meet or miss."""
