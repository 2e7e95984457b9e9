"""Fits of circuits to spectra, their intervals and verdicts."""

from sslib.impedance.fitting.fits import fit, fit_batch, fit_stream
from sslib.impedance.fitting.resampling import Bootstrap, bootstrap
from sslib.impedance.fitting.results import BatchResult, FitResult, Verdict
