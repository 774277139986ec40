"""The work on which everything is measured: one form of 25 questions, 500 applications, 1,000 finished sheets."""
