"""E-mail: people who take part by answering mails."""
