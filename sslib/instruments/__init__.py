"""Files that instruments write, read into spectra and time series with SI units and notes on what was left out."""

from sslib.instruments.reading import read_spectra, read_spectrum
from sslib.instruments.series import TimeSeries, read_time_series
from sslib.instruments.spectrum import Spectrum, SpectrumError
from sslib.instruments.steps import Step, Steps, steps

__all__ = [
    "Spectrum",
    "SpectrumError",
    "Step",
    "Steps",
    "TimeSeries",
    "read_spectra",
    "read_spectrum",
    "read_time_series",
    "steps",
]
