"""Which carriers a four-line probe sees in a mixed conductor."""

import numpy as np

from sslib.checks import check_positive


def seen_conductivity(electronic, ionic, transfer_length, spacing, sample_length=np.inf):
    r"""Conductivity [S/m] that four lines which block ions find on a thin mixed-conducting layer.

    .. math::
        \frac{1}{\sigma} = \frac{\sigma_e + f \sigma_i}{\sigma_e (\sigma_e + \sigma_i)}, \qquad
        f = \frac{2 \lambda}{s} \, \frac{\sinh(s/2\lambda) \cosh((L - 3s)/2\lambda)}{\cosh(L/2\lambda)}

    Current enters as electrons and shares itself out over both carriers within the transfer length: contacts much
    further apart see both, contacts much closer see electrons alone.

    Parameters
    ----------
    electronic, ionic : array_like
        Effective conductivities of the layer [S/m].
    transfer_length : array_like
        :math:`\lambda = \sqrt{z/(a (1/\sigma_e + 1/\sigma_i))}` [m], with z the resistance between the two carriers
        [ohm m2] per area a of their interface in a volume [m2/m3]. Without exchange between them (both at rest, the
        ions polarised) it has no limit: electrons alone.
    spacing : array_like
        Of equally spaced lines [m], far above the thickness.
    sample_length : array_like
        Along the row [m], at least three spacings.

    Notes
    -----
    Lines that block electrons see ions: exchange the two. One dimension; the lines have no width. A faradaic exchange
    changes the composition of the active material, so its time is limited by what the material can take up.

    Source: two rails with both terminals on one of them (source 000, configuration III), solved here with the voltage
    taken inside; tested against a ladder.

    Examples
    --------
    >>> seen = seen_conductivity(1.0, 3.0, [1e-6, 1.0], spacing=1e-3)
    >>> [round(float(value), 3) for value in seen]
    [4.0, 1.001]
    """
    check_positive(electronic=electronic, ionic=ionic, transfer_length=transfer_length, spacing=spacing)
    electronic, ionic, reach = (np.asarray(x, dtype=float) for x in (electronic, ionic, transfer_length))
    spacing, length = np.asarray(spacing, dtype=float), np.asarray(sample_length, dtype=float)
    if (length < 3 * spacing).any():
        raise ValueError(f"sample_length is {np.min(length):g} m; it must be at least three spacings")
    inner, outer, end = spacing / (2 * reach), (length - 3 * spacing) / (2 * reach), length / (2 * reach)
    walls = (1 + np.exp(-2 * outer)) / (1 + np.exp(-2 * end))
    blocked = np.exp(-2 * inner) * -np.expm1(-2 * inner) / (2 * inner) * walls
    return electronic * (electronic + ionic) / (electronic + blocked * ionic)
