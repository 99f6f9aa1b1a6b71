"""The job strip, its cards and the job log."""
