"""The API explorer at `/docs`: Swagger UI out of its npm package, served from here alone."""
