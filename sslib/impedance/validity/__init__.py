"""Whether a spectrum can be trusted: Kramers-Kronig consistency, noise, and how it was measured."""

from sslib.impedance.validity.kramers_kronig import Drift, KramersKronig, RangeVerdict, kramers_kronig
from sslib.impedance.validity.noise import ErrorStructure, RepeatNoise, noise_level, noise_of_repeats
from sslib.impedance.validity.protocol import Check, check_protocol, header_amplitude, protocol_table
