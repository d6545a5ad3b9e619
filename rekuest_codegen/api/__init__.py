"""The GraphQL contract: our schema, the documents we send, the client that ariadne-codegen writes from the two."""
