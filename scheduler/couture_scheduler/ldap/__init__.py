"""What the product knows of a directory without speaking LDAP: settings, people, names of entries."""
