"""What the network and identity services have in common: resources, tags, client tokens, paging. No product lives here."""
