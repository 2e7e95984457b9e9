"""A time series as a potentiostat writes it."""

import numpy as np
import pytest

HEAD = """EC-Lab ASCII FILE
Nb header lines : {lines}

{technique}

Acquisition started on : 05/17/2024 14:09:11.952
Electrode surface area : {area} cm²
mode\tox/red\terror\tcontrol changes\tNs changes\tcounter inc.\tNs\ttime/s\tcontrol/V/mA\tEwe/V\tI/mA
"""


@pytest.fixture
def potentiostat_file(tmp_path):
    """Writes a TimeSeries as Bio-Logic's text and gives the path; its steps are numbered as a program's are."""

    def write(series, name="measured.mpt", technique="Chronopotentiometry"):
        area = 0.001 if series.area is None else series.area * 1e4
        number = np.zeros(len(series), dtype=int) if series.step is None else series.step
        head = HEAD.format(lines=8, technique=technique, area=area)
        assert head.count("\n") == 8
        rows = (
            f"2\t1\t0\t0\t0\t0\t{ns}\t{t:.15E}\t{1e3 * i:.7E}\t{v:.7E}\t{1e3 * i:.7E}"
            for ns, t, v, i in zip(number, series.time, series.voltage, series.current, strict=True)
        )
        path = tmp_path / name
        path.write_text(head + "\n".join(rows) + "\n", encoding="latin-1")
        return path

    return write
