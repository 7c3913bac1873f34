"""NIST SP 800-190, Application Container Security Guide: countermeasures of its section 4."""
