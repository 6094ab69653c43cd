"""The system on one machine: embedded AWS, application, playground, and what starts and ends them. Never shipped."""
