"""The storefront channel and the pages around it."""
