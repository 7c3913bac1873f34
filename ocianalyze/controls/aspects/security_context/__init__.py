"""The securityContext that an image can run with."""
