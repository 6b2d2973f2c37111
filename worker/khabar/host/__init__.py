"""Celery's room: the app, its task, its consumer and transport, and what a worker host runs. Nothing else imports celery."""
