"""Files that instruments write, read into spectra with SI units and notes on what was left out."""

from sslib.instruments.reading import read_spectra, read_spectrum
from sslib.instruments.spectrum import Spectrum, SpectrumError

__all__ = ["Spectrum", "SpectrumError", "read_spectra", "read_spectrum"]
