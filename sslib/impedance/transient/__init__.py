"""Answers in time: any circuit as a passive sum of poles, its response to a current, and its parameters back."""

from sslib.impedance.transient.approximation import approximate, poles_of_spectrum, response
from sslib.impedance.transient.compression import samples_together
from sslib.impedance.transient.inverse import PulseFit, fit_pulse
from sslib.impedance.transient.operator import StepOperator
from sslib.impedance.transient.poles import PoleImpedance, State
from sslib.impedance.transient.prediction import Prediction, compare_steps, predict
from sslib.impedance.transient.record import PulseRecord, pulse_record, simulate_pulses
from sslib.impedance.transient.spectrum import PulseSpectrum, spectrum_of_pulse
from sslib.impedance.transient.superposition import Superposition, pulses_by_length, superposition
