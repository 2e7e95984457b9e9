"""One set of parameters for several spectra: configurations of one electrode, temperature and cycle series."""

from sslib.impedance.joint.check import ladder_deviation, recovered, simulate_joint
from sslib.impedance.joint.comparison import Comparison, narrowing
from sslib.impedance.joint.configurations import configurations, rails
from sslib.impedance.joint.fit import Agreement, JointResult, PartResult, fit_joint
from sslib.impedance.joint.laws import Arrhenius, Free, Shared, Smooth
from sslib.impedance.joint.model import Joint
