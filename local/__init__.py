"""The system on one machine: embedded AWS, the application, the playground, and what starts and ends them. Never shipped."""
