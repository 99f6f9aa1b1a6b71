"""The preview of a batch: what varies, its requests as a table, and their price."""
