"""Four eyes: questions, answers, and their page."""
