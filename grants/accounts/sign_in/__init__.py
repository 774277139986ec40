"""How the sign-in library (Flask-Security) is fitted into the house."""
