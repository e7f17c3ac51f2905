"""Driving a real browser, shared by the tests of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = (390, 844)
DESKTOP = (1280, 900)


def show(chrome: Chrome, address: str, size: tuple[int, int] = DESKTOP, **media: str) -> None:
    """Open a page afresh at a size, with media features such as ``prefers_color_scheme``."""
    width, height = size
    chrome.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    kind = media.pop("media", "")
    features = [{"name": name.replace("_", "-"), "value": value} for name, value in media.items()]
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": kind, "features": features})
    chrome.get("about:blank")
    chrome.get(address)


def ask(chrome: Chrome, script: str) -> Any:
    """The value of a JavaScript expression."""
    return chrome.execute_script(f"return {script}")


def choose(chrome: Chrome, script: str) -> None:
    """Change the filters and wait until the page has followed."""
    chrome.execute_async_script(
        f"const form = document.getElementById('filters'); {script};"
        "form.dispatchEvent(new Event('input', {bubbles: true}));"
        "setTimeout(arguments[arguments.length - 1], 150);"
    )
