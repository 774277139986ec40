"""Published rules, points and awards, computed exactly and explained; knows nothing of the web application."""
