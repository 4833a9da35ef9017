"""HTTP: the storefront API, pages, the desk, webhooks of external help desks, and the server."""
