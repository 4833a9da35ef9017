"""The privacy bot: answers a storefront's shoppers from the store's privacy policy."""
