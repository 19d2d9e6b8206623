"""Exists to be the page: what people see of the service in a browser, in Chinese and English."""
