"""Fits of the 5-parameter line: rate against other fitters, where the time goes, recovery without starting values.

R0, R_ion, R_ct and a constant-phase element; 60 frequencies from 1 MHz to 10 mHz; 0.3 % noise. Every fitter gets the
same spectra and the same start, each parameter off by a factor of two at random.
"""

import subprocess
import sys
import time
import warnings
from contextlib import ExitStack
from unittest import mock

import numpy as np
from scipy.optimize import least_squares

from sslib.impedance import CPE, R, TransmissionLine, fit_batch
from sslib.impedance.circuit import Grid
from sslib.impedance.fitting.minimise import Problem

FREQUENCY = np.logspace(6, -2, 60)
NOISE = 0.003
MODEL = R("R_0") + TransmissionLine(ion=R("R_ion"), interface=R("R_ct") | CPE("Q", "alpha"))
SPECTRA = 1000
REPEATS = 5


def random_truths(count, rng, ratio=None):
    def between(low, high):
        return np.exp(rng.uniform(np.log(low), np.log(high), count))

    truths = {"R_0": between(1, 300), "R_ion": between(3, 3000), "R_ct": between(3, 3000)}
    if ratio is not None:
        truths["R_ct"] = truths["R_ion"] * between(1 / ratio, ratio)
    return {**truths, "Q": between(1e-6, 1e-2), "alpha": rng.uniform(0.65, 1, count)}


def with_noise(impedance, rng):
    return impedance + NOISE * np.abs(impedance) * (rng.standard_normal((*impedance.shape, 2)) @ [1, 1j])


def off_by_two(truths, rng):
    return {
        name: values if name == "alpha" else values * 2.0 ** rng.choice([-1, 1], len(values))
        for name, values in truths.items()
    }


def seconds(function, repeats=REPEATS):
    """The least of several timings: what else the machine does can only add."""
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        function()
        times.append(time.perf_counter() - begin)
    return min(times)


def kernel(values, omega):
    """Impedance and exact Jacobian of this one line, written by hand for one spectrum."""
    r0, r_ion, r_ct, q, alpha = values
    power = (1j * omega) ** alpha
    y = 1 / r_ct + q * power
    s = np.sqrt(r_ion * y)
    e = np.exp(-s)
    coth = (1 + e * e) / (1 - e * e)
    z = s / y * coth
    a, b = s / (2 * y) * coth, -2 * r_ion * (e / (1 - e * e)) ** 2
    by_ion, by_y = (a + b) / r_ion, (b - a) / y
    ones = np.ones(len(omega), dtype=complex)
    jacobian = np.stack([ones, by_ion, -by_y / r_ct**2, by_y * power, by_y * q * power * np.log(1j * omega)])
    return r0 + z, jacobian


ORDER = ("R_0", "R_ion", "R_ct", "Q", "alpha")


def tree(values, omega):
    """The same from the circuit, as someone would hand it to another fitter."""
    jacobian = np.empty((1, len(values), len(omega)), dtype=complex)
    return MODEL.evaluate(Grid(omega), values[None], jacobian)[0], jacobian[0]


def scipy_fit(data, start, compute=kernel):
    """scipy's Levenberg-Marquardt in log parameters with the exact Jacobian: the fastest of its kind."""
    omega, weight = 2 * np.pi * FREQUENCY, 1 / np.abs(data)
    last = {}

    def evaluate(u):
        values = np.append(np.exp(u[:4]), u[4])
        z, jacobian = compute(values, omega)
        jacobian *= np.append(values[:4], 1)[:, None] * weight
        last["jacobian"] = np.concatenate([jacobian.real, jacobian.imag], axis=1).T
        residual = (z - data) * weight
        return np.concatenate([residual.real, residual.imag])

    def jacobian(u):
        return last["jacobian"]

    u = np.append(np.log(start[:4]), start[4])
    found = least_squares(evaluate, u, jac=jacobian, method="lm")
    return 2 * found.cost


def lmfit_fit(data, start):
    import lmfit

    omega, weight = 2 * np.pi * FREQUENCY, 1 / np.abs(data)

    def residual(p):
        residual = (kernel([p[name].value for name in ORDER], omega)[0] - data) * weight
        return np.concatenate([residual.real, residual.imag])

    parameters = lmfit.Parameters()
    for name, value in zip(ORDER, start, strict=True):
        parameters.add(name, value, min=1e-12, max=1.0 if name == "alpha" else np.inf)
    return lmfit.minimize(residual, parameters, method="leastsq").chisqr


def impedance_py_fit(data, start):
    from impedance.models.circuits import CustomCircuit
    from impedance.models.circuits.elements import circuit_elements, element

    if "LINE" not in circuit_elements:

        @element(num_params=4, units=["Ohm", "Ohm", "Ohm^-1 sec^a", ""])
        def LINE(p, f):
            return kernel([0, *p], 2 * np.pi * np.array(f))[0]

    circuit = CustomCircuit("R0-LINE0", initial_guess=list(start))
    circuit.fit(FREQUENCY, data, weight_by_modulus=True)
    return float(np.sum(np.abs((circuit.predict(FREQUENCY) - data) / data) ** 2))


def rate_against_peers():
    rng = np.random.default_rng(1)
    truths = random_truths(SPECTRA, rng, ratio=10)
    data = with_noise(MODEL.impedance(FREQUENCY, **truths), rng)
    starts = off_by_two(truths, rng)
    rows = np.stack([starts[name] for name in ORDER], axis=1)

    ours = seconds(lambda: fit_batch(MODEL, FREQUENCY, data, starts=starts)) / SPECTRA
    batch = fit_batch(MODEL, FREQUENCY, data, starts=starts)
    reached = np.mean(batch.reduced_chi_square < 1.3 * NOISE**2)
    print(f"{'fitter':42s} {'ms per fit':>10s} {'ours is faster by':>18s} {'reach the truth':>16s}")
    print(f"{'fit_batch, ' + str(SPECTRA) + ' spectra':42s} {1e3 * ours:10.4f} {'':18s} {100 * reached:15.1f}%")
    peers = (
        ("scipy Levenberg-Marquardt, exact Jacobian", scipy_fit, SPECTRA, 8),
        ("lmfit leastsq", lmfit_fit, 200, 15),
        ("impedance.py", impedance_py_fit, 40, 300),
    )
    freedom = 2 * len(FREQUENCY) - 5
    for name, fitter, count, target in peers:
        costs = np.empty(count)

        def run(fitter=fitter, count=count, costs=costs):
            for k in range(count):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # a peer's own warnings are not what is measured
                    try:
                        costs[k] = fitter(data[k], rows[k])
                    except RuntimeError:  # impedance.py gives up after its limit of evaluations
                        costs[k] = np.inf

        theirs = seconds(run, repeats=2) / count
        share = 100 * np.mean(costs / freedom < 1.3 * NOISE**2)
        print(f"{name:42s} {1e3 * theirs:10.4f} {theirs / ours:8.1f} (target {target:3d}) {share:15.1f}%")
    return data, starts


def time_over_floor(data, starts):
    """The fits' time over that of the circuit evaluations they make, repeated alone in the same batches."""
    evaluate, visited = MODEL.evaluate, []

    def record(grid, values, jacobian):
        visited.append(values.copy())
        return evaluate(grid, values, jacobian)

    MODEL.evaluate = record
    fit_batch(MODEL, FREQUENCY, data, starts=starts)
    del MODEL.evaluate
    grid = Grid(2 * np.pi * FREQUENCY)

    def bare():
        for values in visited:
            MODEL.evaluate(grid, values, np.empty((*values.shape, len(FREQUENCY)), dtype=complex))

    count = sum(map(len, visited))
    fits = seconds(lambda: fit_batch(MODEL, FREQUENCY, data, starts=starts))
    floor = seconds(bare)
    print(
        f"\nA fit takes {count / SPECTRA:.1f} evaluations with Jacobian of {1e6 * floor / count:.2f} us. "
        f"Time over these evaluations alone: {fits / floor:.2f} (target below 2)."
    )


def one_at_a_time(data, starts, count=300):
    """A batch of one spectrum against scipy on the same spectrum: what a call costs that has nothing to share."""
    rows = np.stack([starts[name] for name in ORDER], axis=1)

    def ours(k):
        fit_batch(MODEL, FREQUENCY, data[k : k + 1], starts=dict(zip(ORDER, rows[k], strict=True)))

    def theirs(k, compute):
        with np.errstate(all="ignore"):
            scipy_fit(data[k], rows[k], compute)

    fitters = {
        "fit_batch, with bounds, checks and standard errors": ours,
        "scipy Levenberg-Marquardt on this circuit": lambda k: theirs(k, tree),
        "scipy Levenberg-Marquardt on the kernel by hand": lambda k: theirs(k, kernel),
    }
    times = {
        name: 1e3 * np.array([seconds(lambda fitter=fitter, k=k: fitter(k), 3) for k in range(count)])
        for name, fitter in fitters.items()
    }
    own, *_ = times.values()
    print(f"\n{'one spectrum at a time':52s} {'mean':>8s} {'median':>8s}   ours takes, of its time")
    for name, own_time in times.items():
        of_it = f"{own.mean() / own_time.mean():9.2f} {np.median(own) / np.median(own_time):6.2f}"
        target = " (target 1)" if "circuit" in name else ""
        print(f"{name:52s} {own_time.mean():5.2f} ms {np.median(own_time):5.2f} ms{of_it}{target}")


def batched_kernel(values, log_omega, jacobian):
    """This one line written by hand for a batch, as tightly as the circuits are: real roots, exponentials and tangents,
    no work that another line shares, every array used again.
    """
    r0, r_ion, r_ct, q, alpha = (values[:, k : k + 1] for k in range(5))
    power = np.exp(alpha * log_omega) * np.exp(0.5j * np.pi * alpha)
    square = power * (r_ion * q)
    square += r_ion / r_ct
    x = np.empty_like(square)
    x.real = np.sqrt(0.5 * (np.abs(square) + square.real))
    x.imag = 0.5 * square.imag / x.real
    tangent = np.tan(0.5 * x.imag)
    tangent2 = tangent * tangent
    share = np.exp(-x.real) / (1 + tangent2)
    e2 = np.empty_like(square)
    e2.real, e2.imag = share * (1 - tangent2), -2 * share * tangent
    e2 *= e2
    x *= 1 + e2
    x /= np.subtract(1, e2, out=e2)
    per_square = 1 / square
    ratio = x * per_square  # coth(x)/x
    slope = 1 - ratio
    slope *= per_square
    slope -= ratio * ratio
    slope *= 0.5
    jacobian[:, 0] = 1
    np.multiply(square, slope, out=jacobian[:, 1])
    jacobian[:, 1] += ratio
    slope *= r_ion * r_ion
    np.multiply(slope, -1 / (r_ct * r_ct), out=jacobian[:, 2])
    np.multiply(slope, power, out=jacobian[:, 3])
    np.multiply(jacobian[:, 3], q * (log_omega + 0.5j * np.pi), out=jacobian[:, 4])
    ratio *= r_ion
    ratio += r0
    return ratio


def price_of_the_tree(sets=200):
    """Impedance and Jacobian from a tree of circuits against the same from one function for this line alone."""
    truths = random_truths(sets, np.random.default_rng(3), ratio=10)
    values = np.stack([truths[name] for name in ORDER], axis=1)
    grid, log_omega = Grid(2 * np.pi * FREQUENCY), np.log(2 * np.pi * FREQUENCY)
    jacobians = np.empty((2, *values.shape, len(FREQUENCY)), dtype=complex)
    ways = (
        lambda: MODEL.evaluate(grid, values, jacobians[0]),
        lambda: batched_kernel(values, log_omega, jacobians[1]),
    )
    first, second = (way() for way in ways)
    scale = (
        np.abs(first) / np.stack([values[:, 0], values[:, 1], values[:, 2], values[:, 3], np.ones(sets)])[:, :, None]
    )
    apart = max(np.abs(first / second - 1).max(), (np.abs(jacobians[0] - jacobians[1]) / scale.swapaxes(0, 1)).max())
    best = [np.inf, np.inf]
    for _ in range(40):
        for k, way in enumerate(ways):
            best[k] = min(best[k], seconds(lambda way=way: [way() for _ in range(5)], 1) / 5)
    print(
        f"\nImpedance and Jacobian of {sets} sets at {len(FREQUENCY)} frequencies: tree of circuits "
        f"{1e6 * best[0] / sets:.2f} us a set, one kernel written by hand {1e6 * best[1] / sets:.2f} us (equal to "
        f"{apart:.0e}): the tree's price is {best[0] / best[1]:.2f} (target below 1.5)."
    )


def shares_of_a_fit(data, starts):
    """What part of a batch's time goes where, from timers around the parts."""
    spent = {}

    def timed(name, function):
        def run(*arguments, **settings):
            begin = time.perf_counter()
            try:
                return function(*arguments, **settings)
            finally:
                spent[name] = spent.get(name, 0) + time.perf_counter() - begin

        return run

    shares = []
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(MODEL, "evaluate", timed("tree", MODEL.evaluate)))
        evaluate = timed("pass", Problem.evaluate)
        stack.enter_context(mock.patch.object(Problem, "evaluate", lambda *arguments: evaluate(*arguments)))
        stack.enter_context(mock.patch.object(np.linalg, "solve", timed("solve", np.linalg.solve)))
        for _ in range(REPEATS):
            spent.clear()
            whole = seconds(lambda: fit_batch(MODEL, FREQUENCY, data, starts=starts), 1)
            parts = {
                "circuit and its derivatives": spent["tree"],
                "weights and normal equations": spent["pass"] - spent["tree"],
                "small solves": spent["solve"],
            }
            shares.append((whole, parts | {"bookkeeping": whole - sum(parts.values())}))
    whole, parts = min(shares, key=lambda share: share[0])
    print(f"\n{'where the time of a fit goes':42s} {'share':>10s}")
    for name, part in parts.items():
        print(f"{name:42s} {100 * part / whole:9.0f}%")


def time_of_import(repeats=7):
    """The library against what it stands on, in fresh processes that take turns."""
    statements = ("import numpy, scipy.optimize", "import sslib.impedance")
    best = dict.fromkeys(statements, np.inf)
    for _ in range(repeats):
        for statement in statements:
            program = f"import time; begin = time.perf_counter(); {statement}; print(time.perf_counter() - begin)"
            done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
            best[statement] = min(best[statement], float(done.stdout))
    floor, own = best.values()
    print(
        f"\nimport sslib.impedance takes {own:.2f} s, numpy and scipy.optimize alone {floor:.2f} s: "
        f"{own / floor:.2f} times as long (target below 2)."
    )


def blind_recovery():
    rng = np.random.default_rng(2)
    truths = random_truths(SPECTRA, rng)
    data = with_noise(MODEL.impedance(FREQUENCY, **truths), rng)
    from_truth = fit_batch(MODEL, FREQUENCY, data, starts=truths)
    begin = time.perf_counter()
    blind = fit_batch(MODEL, FREQUENCY, data)
    elapsed = (time.perf_counter() - begin) / SPECTRA
    reached = np.mean(blind.chi_square < 1.01 * from_truth.chi_square)
    print(
        f"\nBlind, {SPECTRA} random truths over the whole range, no starts: {100 * reached:.1f} % reach the truth's "
        f"chi-square within 1 % (target 99.5 %), {1e3 * elapsed:.2f} ms each."
    )


def main():
    data, starts = rate_against_peers()
    time_over_floor(data, starts)
    one_at_a_time(data, starts)
    price_of_the_tree()
    shares_of_a_fit(data, starts)
    time_of_import()
    blind_recovery()
