"""Helpers for DAG files."""
