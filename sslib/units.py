"""Units as plain floats: ``20 * um`` goes in, ``asr / ohm_cm2`` comes out.

Functions take and return SI, so a factor here is the SI value of one such unit.

>>> thickness = 20 * um
>>> round(0.005 / ohm_cm2, 6)
50.0
"""

# length, area, volume [m, m2, m3]
nm, um, mm, cm = 1e-9, 1e-6, 1e-3, 1e-2
um2, mm2, cm2 = um**2, mm**2, cm**2
cm3 = cm**3

# time [s], frequency [Hz]
minute, hour, day = 60.0, 3600.0, 86400.0
mHz, kHz, MHz = 1e-3, 1e3, 1e6

# current, charge, potential [A, C, V]
uA, mA = 1e-6, 1e-3
uA_cm2, mA_cm2 = uA / cm2, mA / cm2
mAh = mA * hour
mAh_cm2 = mAh / cm2
mV = 1e-3
eV = 1.602176634e-19

# throughput of lithium ions [mol m-2 s-1]
mol_m2_h = 1 / hour

# resistance, conductivity, capacitance [ohm, S/m, F]
mohm, kohm, Mohm = 1e-3, 1e3, 1e6
ohm_cm, ohm_cm2 = cm, cm2
S_cm, mS_cm = 1 / cm, 1e-3 / cm
uF, mF = 1e-6, 1e-3
uF_cm2, mF_cm2 = uF / cm2, mF / cm2

# mass, pressure [kg, Pa]
mg, g = 1e-6, 1e-3
mg_cm2, g_cm3 = mg / cm2, g / cm3
kPa, MPa, GPa = 1e3, 1e6, 1e9

# specific energy, energy density [J/kg, J/m3]
Wh_kg, Wh_L = hour, hour / 1e-3

reference_temperature = 298.15
"""The one reference temperature [K]."""


def celsius(temperature):
    """Temperature [K] of a reading in degrees Celsius.

    >>> celsius(25)
    298.15
    """
    return temperature + 273.15
