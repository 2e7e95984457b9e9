import pytest

from tests.impedance.experiment.cells import one_fit


@pytest.fixture(scope="session")
def fitted():
    return one_fit()
