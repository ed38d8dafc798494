"""Logins and people of an LDAP directory: bounded in time, verified, told in sentences."""

from couture_hub.directory.directory import Directory

__all__ = ["Directory"]
