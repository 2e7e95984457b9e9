"""The command line: ``sslib list``, ``sslib show NOTEBOOK``, ``sslib report [NOTEBOOK …] [-p NAME=VALUE …]``,
``sslib course release [--seed N]``."""

import argparse
import contextlib
import shutil
import signal
import sys
import textwrap
import threading
from itertools import zip_longest
from pathlib import Path

from sslib.report.catalogue import find_notebook, read_notebook, topic_notebooks
from sslib.report.parameters import RequestError
from sslib.report.plan import plan


def main(arguments=None):
    """Run one command; gives the exit code: 0, 1 when a run failed, 2 when what was asked for cannot be run."""
    options = _parser().parse_args(arguments)
    # A notebook's title may hold letters that a terminal's encoding lacks.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    if hasattr(signal, "SIGTERM") and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _terminate)
    try:
        return options.command(options)
    except RequestError as error:
        print(f"sslib: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"sslib: {error}", file=sys.stderr)
        return 1
    # What a job's scheduler sends when its time is up is treated as the person's Ctrl-C.
    except (KeyboardInterrupt, _Terminated):
        print("sslib: interrupted; what was finished is kept", file=sys.stderr)
        return 130


class _Terminated(BaseException):
    """The process was asked to end."""


def _terminate(number, frame):
    raise _Terminated


def _list(options):
    notebooks = [read_notebook(path) for path in topic_notebooks().values()]
    width = max((len(notebook.name) for notebook in notebooks), default=0)
    for notebook in notebooks:
        print(f"{notebook.name:{width}}  {notebook.title}")
    # Loaded here, as the command line's help needs none of it.
    from sslib import datasets

    print("\nData sets that a parameter can name:")
    for name in (*datasets.generated(), *datasets.generated_records()):
        print(f"  {name} (generated, with known truth)")
    for name in datasets.generated_series():
        print(f"  {name} (a generated series, with known truth)")
    for name in datasets.names():
        print(f"  {name}: {datasets.describe(name).description}")
    return 0


def _show(options):
    notebook = find_notebook(options.notebook)
    print(notebook.title)
    if notebook.question:
        print(textwrap.fill(notebook.question, min(100, shutil.get_terminal_size((100, 24)).columns)))
    if not notebook.parameters:
        print("\nIt has no parameters.")
        return 0
    rows = [("parameter", "type", "default", "meaning [unit] (range)")]
    rows += [(p.name, p.type, repr(p.default), p.help) for p in notebook.parameters.values()]
    print()
    for line in _table(rows, shutil.get_terminal_size((120, 24)).columns):
        print(line)
    return 0


def _table(rows, room):
    """Lines of a table whose cells are wrapped so that it fits into so many columns, where that can be read."""
    widths = [min(max(len(row[column]) for row in rows), most) for column, most in enumerate((32, 26, 34))]
    widths.append(max(30, room - sum(widths) - 6))
    for row in rows:
        cells = [textwrap.wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)]
        for parts in zip_longest(*cells, fillvalue=""):
            yield "  ".join(f"{part:{width}}" for part, width in zip(parts, widths, strict=True)).rstrip()


def _report(options):
    if Path(options.out).exists() and not Path(options.out).is_dir():
        raise RequestError(f"--out {str(options.out)!r} is a file; the reports need a folder")
    if len(options.sets) > 1:
        raise RequestError(f"--set is given {len(options.sets)} times; one file holds all sets of a call")
    planned = plan(options.notebooks, options.parameters, options.name, *options.sets)
    for remark in dict.fromkeys(planned.remarks):
        _tell(remark)
    # Loaded here: asking for help or for a list should not wait for it.
    from sslib.report.runner import report

    with contextlib.ExitStack() as stack:
        executor = None
        if options.executor is not None:
            if options.workers is not None:
                raise RequestError("--workers counts processes of this machine; a cluster has its own workers")
            from sslib.report.workers import cluster

            executor = stack.enter_context(cluster(options.executor))
        records = report(
            planned,
            options.out,
            workers=options.workers,
            executor=executor,
            timeout=options.timeout,
            force=options.force,
            figures=options.figures,
            tell=_tell,
        )
    failed = sum(record["status"] == "failed" for record in records)
    print(f"{len(records)} run{'s' * (len(records) != 1)}, {failed} failed: {options.out / 'index.html'}")
    return 1 if failed else 0


def _course(options):
    if Path(options.out).exists() and not Path(options.out).is_dir():
        raise RequestError(f"--out {str(options.out)!r} is a file; the course needs a folder")
    from sslib.report.course import release

    failed = release(options.out, options.seed, options.timeout, _tell)
    if failed:
        print(f"{len(failed)} assignment{'s' * (len(failed) != 1)} failed: {', '.join(failed)}")
        return 1
    print(f"for students: {options.out / 'release'}; points: {options.out / 'points.csv'}")
    return 0


def _parser():
    parser = argparse.ArgumentParser(prog="sslib", description="Notebooks for solid-state batteries, run as reports.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("list", help="the topic notebooks")
    command.set_defaults(command=_list)

    command = commands.add_parser("show", help="a notebook's question and its parameters")
    command.add_argument("notebook", metavar="NOTEBOOK", help="a name from `sslib list`, or a path to an .ipynb file")
    command.set_defaults(command=_show)

    command = commands.add_parser("report", help="run notebooks and write their reports")
    command.add_argument(
        "notebooks", metavar="NOTEBOOK", nargs="*", help="names or paths; all topic notebooks if none is given"
    )
    command.add_argument(
        "-p", dest="parameters", metavar="NAME=VALUE", action="append", default=[],
        help="a parameter's value; a file may be a pattern, -p 'spectrum=tonight/*.mpr': a run for each file and loop, "
        "and one table over them",
    )  # fmt: skip
    command.add_argument(
        "--set", dest="sets", metavar="TOML", type=Path, action="append", default=[],
        help="named sets of parameters: below [NOTEBOOK.SET] the values of a run that is called SET",
    )  # fmt: skip
    command.add_argument("--name", metavar="RUN", help="the run's name, instead of one made from the parameters")
    command.add_argument("--out", metavar="DIR", type=Path, default=Path("reports"), help="default: reports")
    command.add_argument(
        "--workers", metavar="N", type=_positive_integer, help="runs at once; default: as many as cores"
    )
    command.add_argument(
        "--timeout", metavar="S", type=_positive_integer, default=600, help="longest time for a cell [s]; default: 600"
    )
    command.add_argument("--force", action="store_true", help="run also what has not changed since it went well")
    command.add_argument("--figures", action="store_true", help="write figures as SVG and their data as CSV, too")
    command.add_argument(
        "--executor", metavar="ADDRESS", help="make the reports on the workers of a Dask scheduler, dask://HOST:PORT"
    )
    command.set_defaults(command=_report)

    course = commands.add_parser("course", help="assignments for a class, in nbgrader's format")
    command = course.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "release", help="build what students get, the solutions and the table of points"
    )
    command.add_argument(
        "--out", metavar="DIR", type=Path, default=Path("reports/course"),
        help="the course folder of nbgrader; default: reports/course",
    )  # fmt: skip
    command.add_argument(
        "--seed", metavar="N", type=_positive_integer, help="gives a cohort its own numbers; default: the sources' 1"
    )
    command.add_argument(
        "--timeout", metavar="S", type=_positive_integer, default=600, help="longest time for a cell [s]; default: 600"
    )
    command.set_defaults(command=_course)
    return parser


def _positive_integer(text):
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above zero")
    return int(text)


def _tell(line):
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
