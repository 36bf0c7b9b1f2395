"""Autoscalers and cron scalers."""
