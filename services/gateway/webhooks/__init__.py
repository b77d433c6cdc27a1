"""Standard Webhooks: subscriptions, signed deliveries with CloudEvents bodies, retries, replay."""
