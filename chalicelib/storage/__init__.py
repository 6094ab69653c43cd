"""The only package that knows PynamoDB. One table; a store for each noun; domain objects in and out."""
