"""Ways to reach what lies outside the task's process."""
