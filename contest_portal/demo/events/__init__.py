"""The events of the demo's year, each by the services that its pages call."""
