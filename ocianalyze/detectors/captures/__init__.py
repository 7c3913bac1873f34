"""Which files are kept whole for controls to read: a module for each subject."""
