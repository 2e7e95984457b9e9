"""Galvanostatic discharges of a composite cathode against lithium."""

from sslib.cell.discharge.materials import Insertion
from sslib.cell.discharge.model import Discharge, RailCell, discharge
