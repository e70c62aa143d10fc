"""`townsquare serve`: the server, what it prints, and how it goes down."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import webbrowser
from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from townsquare_server import addresses, logs
from townsquare_server.app import COMPILING, READY, RESTORING, STOPPING, Application
from townsquare_server.descriptors import raise_limit
from townsquare_server.interpreter import let_the_loop_go_first, settle
from townsquare_server.settings import FIELDS, LOOPBACK, PREFIX, configure
from townsquare_server.version import version

WORDS = {
    COMPILING: "preparing the market (the first start compiles it: up to a minute)",
    RESTORING: "taking up rooms",
}


def run(options: argparse.Namespace) -> int:
    """Serve until asked to end (exit code 0; asked twice, it is cut short: 130); or only check."""
    flags = {name: value for name, value in vars(options).items() if name in FIELDS}
    if not options.check and (options.log_format or os.environ.get(f"{PREFIX}LOG_FORMAT")) == "json":
        logs.configure("json")  # what is wrong with another setting is a line of the log, too
    configuration = configure(flags, os.environ, options.config, options.set)
    if options.check:
        from townsquare_server.command_line.serve_check import check

        return check(configuration)
    logs.configure(configuration.settings.log_format)
    raise_limit()
    let_the_loop_go_first()
    application = Application(configuration.settings)
    application.watchers.append(settle)
    asyncio.run(_serve(application))
    return 0


async def _serve(application: Application) -> None:
    stop = asyncio.Event()
    console = Console(highlight=False, soft_wrap=True)
    with _signals(stop):
        presenter = Presenter(application, console)
        application.watchers.append(presenter.progress)
        await application.run(stop, presenter.listening)
    console.print("stopped; everything that was acknowledged is kept")


@contextlib.contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    """Set `stop` at Ctrl-C and at the system's request to end; a second Ctrl-C ends at once."""
    loop = asyncio.get_running_loop()
    names = [name for name in ("SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP") if hasattr(signal, name)]
    before = {}

    def handle(number: int, _frame: object) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        loop.call_soon_threadsafe(stop.set)

    for name in names:
        number = getattr(signal, name)
        before[number] = signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Presenter:
    """What a person sees of the start."""

    def __init__(self, application: Application, console: Console) -> None:
        self._application = application
        self._console = console
        self._bar: Progress | None = None
        self._told = ""

    def listening(self) -> None:
        """Say where the page is."""
        application, settings, say = self._application, self._application.settings, self._console.print
        here = addresses.url(LOOPBACK if settings.listen_host == "0.0.0.0" else settings.listen_host, application.port)
        say(f"[bold]Townsquare {version()}[/bold]")
        say(f"  on this machine: [bold]{here}[/bold]")
        if settings.listen_host != LOOPBACK or settings.public_url:
            self._tell_of_others()
        say(f"  data folder:     {application.folder.path}")
        say("  Ctrl-C stops it; rooms are kept and come back at the next start")
        if settings.open:
            asyncio.get_running_loop().run_in_executor(None, webbrowser.open, here)

    def _tell_of_others(self) -> None:
        say, address = self._console.print, f"{self._application.base_url}/"
        say(f"  for guests:      [bold]{address}[/bold]")
        key = "(as set)" if self._application.settings.host_key else f"[bold]{self._application.host_key}[/bold]"
        say(f"  host key:        {key} (opens rooms from other machines)")
        say("  Everybody who reaches this address can now open the page and join a room whose code they know.")
        with contextlib.suppress(UnicodeEncodeError):  # an old console without block characters
            self._console.file.write(addresses.qr_terminal(address))
            self._console.file.flush()

    def progress(self, stage: str, progress: float) -> None:
        """Show how far the start is: a bar on a terminal, a few lines elsewhere."""
        if stage in (READY, STOPPING):
            self._end_bar()
            self._console.print("ready" if stage == READY else "stopping")
        elif self._console.is_terminal:
            self._move_bar(stage, progress)
        else:
            line = f"{WORDS.get(stage, stage)}: {int(progress * 4) * 25} %"
            if line != self._told:
                self._told = line
                self._console.print(line)

    def _move_bar(self, stage: str, progress: float) -> None:
        if self._bar is None:
            columns = (TextColumn("  {task.description}"), BarColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._bar.start()
            self._bar.add_task(WORDS.get(stage, stage), total=1.0)
        self._bar.update(self._bar.task_ids[0], description=WORDS.get(stage, stage), completed=progress)

    def _end_bar(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
