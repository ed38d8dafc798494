"""Loaded by every interpreter that has this folder in PYTHONPATH: plants what CHAOS_PLANT names."""

from chaos.bugs import plant_from_environment

plant_from_environment()
