"""Distribution of relaxation times: an ill-posed estimate, with words for what of it is not determined."""

from sslib.impedance.relaxation.analysis import LEAST_FREQUENCIES, relaxation_times
from sslib.impedance.relaxation.basis import zarc_distribution
from sslib.impedance.relaxation.result import Peak, RelaxationTimes
