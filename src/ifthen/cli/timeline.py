"""Commands that look along time: ``replay`` backwards, ``due`` ahead."""

from __future__ import annotations

import click

from ifthen.cli import inputs, options


@click.command(
    short_help="List every change of status, as known on each day.",
    epilog=options.example(
        "ifthen replay example:anthropic --from 2025-01-01 --to 2025-08-05 --html replay.html"
    ),
)
@options.records
@options.policies
@click.option("--from", "start", metavar="DATE", help="Leave out what changed before this date.")
@click.option("--to", "end", metavar="DATE", help="The last day. Default: now.")
@click.option("--html", metavar="FILE", help="Also write a web page that needs nothing else.")
@options.everything
@options.as_json
def replay(
    records: tuple[str, ...],
    policies: tuple[str, ...],
    start: str | None,
    end: str | None,
    html: str | None,
    everything: bool,
    as_json: bool,
) -> None:
    """List every change of status, in order, as known on each day."""
    from ifthen import replay as ask
    from ifthen.cli.output import page, show, show_json, write
    from ifthen.cli.progress import progress

    last = inputs.moment_of("--to", end)
    first = inputs.start_of_option("--from", start)
    if first is not None and first > last:
        inputs.refuse("--from", f"{start} is after the last day", "give an earlier --from")
    loaded = inputs.load(records, policies, last)
    with progress("Days ruled") as report:
        history = ask(
            loaded.policies,
            loaded.record,
            first,
            last,
            throughout=loaded.throughout,
            progress=report,
        )
    if html is not None:
        from ifthen.reports.html import write_page

        write("--html", html, write_page(history, loaded.record, loaded.policies))
    if as_json:
        show_json(history.as_json())
        return
    from ifthen.reports.replay_text import write_replay

    text = page()
    write_replay(text, history, loaded.record.name, everything=everything)
    if html is not None:
        text.write(f"The web page is in {html}.")
    show(text)


@click.command(
    short_help="List what is overdue and what falls due next.",
    epilog=options.example("ifthen due example:anthropic --at 2025-05-22 --days 180 --ics due.ics"),
)
@options.records
@options.policies
@options.at
@options.known
@click.option(
    "--days",
    type=click.IntRange(0, 36_500),
    default=90,
    show_default=True,
    metavar="N",
    help="How far to look ahead.",
)
@click.option("--ics", metavar="FILE", help="Also write a calendar file.")
@options.as_json
def due(
    records: tuple[str, ...],
    policies: tuple[str, ...],
    at: str | None,
    known: str | None,
    days: int,
    ics: str | None,
    as_json: bool,
) -> None:
    """List what is overdue and what falls due next, planned facts included."""
    from ifthen import due as ask
    from ifthen.cli.output import page, show, show_json, write
    from ifthen.dates import format_instant
    from ifthen.ruling.replay import in_force

    moment = inputs.moment_of("--at", at)
    loaded = inputs.load(records, policies)
    seen = inputs.known_of(known, moment, loaded.record)
    items = ask(loaded.policies, loaded.record, moment, days, seen, throughout=loaded.throughout)
    versions = in_force(loaded.policies, loaded.record, moment, seen, throughout=loaded.throughout)
    if ics is not None:
        from ifthen.reports.calendar import calendar

        write("--ics", ics, calendar(items, loaded.record.name, moment))
    if as_json:
        show_json(
            {
                "at": format_instant(moment),
                "known": format_instant(seen),
                "days": days,
                "policies": [version.as_json() for version in versions],
                "due": [item.as_json() for item in items],
            }
        )
        return
    from ifthen.reports.replay_text import write_due

    text = page()
    write_due(text, items, versions, loaded.record.name, moment, days)
    if ics is not None:
        text.write(f"The calendar is in {ics}.")
    show(text)
