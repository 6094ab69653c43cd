"""What the outside sees: the API's shapes, used by its routes, its pages and its live events alike."""
