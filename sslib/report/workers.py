"""Where runs are made: in processes of this machine, or on the workers of a Dask cluster.

Both give ``(run, record)`` in the order in which runs are finished. Whatever happens to a worker, each run comes out
with a record: one that left nothing behind has that of a stub that says so.
"""

import contextlib
import os
import re
import shutil
import signal
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import active_children, get_context, parent_process

from sslib.report.execution import failure, make, make_stub, one_line
from sslib.report.parameters import RequestError
from sslib.report.provenance import environment

_patience = 10
"""How long a cluster's scheduler may take to answer [s]."""


def made_in_processes(jobs, workers):
    """(run, record) of each job, made by so many processes of this machine.

    Parameters
    ----------
    jobs : dict
        For each run its folder and the `Settings`: the arguments of `make` after the run.
    workers : int
    """
    lost = []
    with _pool(min(workers or _cores(), len(jobs))) as pool:
        futures = {pool.submit(make, run, *job): run for run, job in jobs.items()}
        for future in as_completed(futures):
            run = futures[future]
            if isinstance(future.exception(), BrokenProcessPool):
                lost.append(run)
            else:
                yield run, _outcome(run, jobs[run], future)
    # A worker that dies takes all others with it. Each run that was lost has a worker of its own now, which shows
    # which of them it was.
    for run in lost:
        with _pool(1) as pool:
            future = pool.submit(make, run, *jobs[run])
            yield run, _outcome(run, jobs[run], future)


def made_on_cluster(jobs, executor):
    """(run, record) of each job, made by an executor whose workers see the same files under the same paths."""
    futures = {executor.submit(_make_elsewhere, run, *job): run for run, job in jobs.items()}
    try:
        for future in as_completed(futures):
            yield futures[future], _outcome(futures[future], jobs[futures[future]], future)
    finally:
        for future in futures:
            future.cancel()


@contextlib.contextmanager
def cluster(address):
    """The executor of a cluster: ``dask://HOST:PORT`` is that of a Dask scheduler.

    Raises
    ------
    RequestError
        For another address, without the package, or when nobody answers there.
    """
    found = re.fullmatch(r"dask://([^/\s]+:\d+)/?", address)
    if not found:
        raise RequestError(f"--executor {address!r} is not of the form dask://HOST:PORT")
    try:
        from distributed import Client
    except ImportError:
        raise RequestError(f"--executor {address} needs Dask: pip install 'sslib[cluster]'") from None
    try:
        client = Client(f"tcp://{found[1]}", timeout=_patience, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise RequestError(f"--executor {address}: no scheduler answers there ({one_line(str(error))})") from None
    with client:
        if not client.scheduler_info()["workers"]:
            raise RequestError(f"--executor {address}: the scheduler has no workers")
        with client.get_executor(pure=False) as executor:
            yield executor


def _make_elsewhere(run, folder, settings):
    """`make` on another machine, whose library must be the caller's; the record tells of that machine's packages."""
    here = environment()
    if here["library"] != settings.surroundings["library"]:
        raise RuntimeError("the worker has another state of sslib than the caller")
    if not folder.parents[1].is_dir():
        raise RuntimeError(
            f"the worker does not see {folder.parents[1]}; it needs the caller's files, under their paths"
        )
    return make(run, folder, replace(settings, surroundings=here, by_cell=False))


def _outcome(run, job, future):
    """The record of a finished job; where the runner itself failed, that of a stub that says so."""
    error = future.exception()
    folder, settings = job
    if error is None and (folder / "run.json").is_file():
        return future.result()
    if error is None:
        reason = f"the worker wrote its report to {folder}, which is not seen here"
    elif isinstance(error, BrokenProcessPool) or type(error).__name__ == "KilledWorker":
        reason = "the process that ran the notebook died"
    else:
        reason = one_line(f"the report could not be made: {type(error).__name__}: {error}")
    try:
        return make_stub(run, folder, settings, reason)
    except OSError as second:
        shutil.rmtree(folder, ignore_errors=True)  # half a stub is no run
        return failure(run, settings, one_line(f"{reason}; nothing could be written: {second}"))


@contextlib.contextmanager
def _pool(workers):
    """A pool of processes that is left at once when the block is left by an exception, an interrupt among them."""
    # Spawned, not forked: the caller may have threads, and Windows knows nothing else.
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_start_worker)
    others = set(active_children())
    try:
        yield pool
    except BaseException:
        for child in set(active_children()) - others:
            child.kill()  # its kernel notices and ends itself
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _start_worker():
    # Ctrl-C reaches all processes of a terminal; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def follow_parent():
        parent_process().join()
        os._exit(1)

    # A worker whose parent was killed would wait for work for ever.
    threading.Thread(target=follow_parent, daemon=True).start()


def _cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
