"""Headless Chromium driven over its debugging pipe: pages, requests made, screenshots, print."""

import asyncio
import base64
import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

AXE = Path(__file__).parents[2] / "vendor" / "axe-core" / "axe.min.js"
KEYS = {"Tab": 9, "Enter": 13, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--hide-scrollbars",
    "--no-first-run",
    "--remote-debugging-pipe",
)


def program() -> str | None:
    """Return the browser of this machine, or None."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def installed() -> str:
    """Return the browser, installing Debian's where it is missing and this user may do that."""
    if program() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        with (Path(tempfile.gettempdir()) / "kachestvo-chromium.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if program() is None:
                subprocess.run(("apt-get", "update", "-q"), check=True)
                install = ("apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium")
                subprocess.run(install, check=True)
    found = program()
    if found is None and "CI" not in os.environ:
        pytest.skip("Chromium is missing and this user cannot install it: apt-get install chromium")
    assert found is not None, "Chromium is missing: apt-get install chromium"
    return found


def keep(path: Path, encoded: str) -> None:
    path.write_bytes(base64.b64decode(encoded))


class Page:
    """One tab: what it asked for, what it complained of, and what can be done with it."""

    def __init__(self, browser: "Browser", session: str) -> None:
        self._browser = browser
        self._session = session
        self.requested: list[str] = []
        self.complaints: list[str] = []

    async def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        return await self._browser.send(method, self._session, **parameters)

    async def size(self, width: int, height: int, *, mobile: bool = False) -> None:
        await self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=mobile,
        )

    async def open(self, url: str) -> None:
        await self.send("Page.navigate", url=url)

    async def value(self, expression: str) -> Any:
        answer = await self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def until(self, expression: str, patience: float = 60.0) -> None:
        async with asyncio.timeout(patience):
            while True:
                with contextlib.suppress(AssertionError):
                    if await self.value(f"Boolean({expression})"):
                        return
                await asyncio.sleep(0.1)

    async def violations(self) -> list[str]:
        """Return what axe-core finds against accessibility, folded parts unfolded."""
        await self.value(
            "document.querySelectorAll('details').forEach(one => { one.open = true; })"
        )
        await self.send("Runtime.evaluate", expression=AXE.read_text())
        told = "`${one.id}: ${one.nodes.map(node => node.html.slice(0, 200)).join(' | ')}`"
        run = "axe.run(document, { resultTypes: ['violations'] })"
        found = await self.value(f"{run}.then(({{violations}}) => violations.map(one => {told}))")
        return list(found)

    async def press(self, key: str) -> None:
        """Press and release a key: Tab, Enter or an arrow."""
        told: dict[str, Any] = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
        down = {"type": "keyDown", "text": "\r"} if key == "Enter" else {"type": "rawKeyDown"}
        await self.send("Input.dispatchKeyEvent", **told, **down)
        await self.send("Input.dispatchKeyEvent", **told, type="keyUp")

    async def choose_file(self, path: Path) -> None:
        """Give a file to the page's file field as its chooser would."""
        root = (await self.send("DOM.getDocument"))["root"]["nodeId"]
        field = await self.send("DOM.querySelector", nodeId=root, selector="input[type=file]")
        await self.send("DOM.setFileInputFiles", nodeId=field["nodeId"], files=[str(path)])

    async def picture(self, path: Path) -> None:
        shot = await self.send("Page.captureScreenshot", captureBeyondViewport=True)
        keep(path, shot["data"])

    async def whole_picture(self, path: Path) -> None:
        metrics = (await self.send("Page.getLayoutMetrics"))["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": metrics["width"], "height": metrics["height"], "scale": 1}
        shot = await self.send("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        keep(path, shot["data"])

    async def part_picture(self, path: Path, selector: str) -> None:
        """Keep a picture of one element."""
        box = await self.value(
            f"(box => [box.x + scrollX, box.y + scrollY, box.width, box.height])"
            f"(document.querySelector('{selector}').getBoundingClientRect())"
        )
        clip = dict(zip(("x", "y", "width", "height"), box, strict=True)) | {"scale": 1}
        shot = await self.send("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        keep(path, shot["data"])

    async def pdf(self, path: Path) -> None:
        printed = await self.send("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        keep(path, printed["data"])


class Browser:
    """A running browser."""

    def __init__(self, write: int, reader: asyncio.StreamReader) -> None:
        self._write = write
        self._reader = reader
        self._number = 0
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._pages: dict[str, Page] = {}

    async def send(
        self, method: str, session: str | None = None, **parameters: Any
    ) -> dict[str, Any]:
        self._number += 1
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[self._number] = answer
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        async with asyncio.timeout(60):
            return await answer

    async def listen(self) -> None:
        while True:
            message = json.loads((await self._reader.readuntil(b"\0"))[:-1])
            if "id" in message:
                waiting = self._waiting.pop(message["id"])
                if "error" in message:
                    waiting.set_exception(RuntimeError(message["error"]["message"]))
                else:
                    waiting.set_result(message["result"])
            elif page := self._pages.get(message.get("sessionId", "")):
                self._note(page, message["method"], message["params"])

    def _note(self, page: Page, method: str, told: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            page.requested.append(told["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            page.complaints.append(json.dumps(told["exceptionDetails"]))
        elif method == "Log.entryAdded" and told["entry"]["level"] == "error":
            page.complaints.append(told["entry"]["text"])

    async def page(self) -> Page:
        target = (await self.send("Target.createTarget", url="about:blank"))["targetId"]
        attached = await self.send("Target.attachToTarget", targetId=target, flatten=True)
        page = Page(self, attached["sessionId"])
        self._pages[attached["sessionId"]] = page
        for domain in ("Page", "Runtime", "Network", "Log"):
            await page.send(f"{domain}.enable")
        return page


@contextlib.asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """Run a browser with a profile of its own while the block runs."""
    found = installed()
    profile = tempfile.mkdtemp(prefix="kachestvo-browser-")
    to_read, to_write = os.pipe()
    from_read, from_write = os.pipe()
    # The browser speaks on descriptors 3 and 4; the shell puts ours there.
    command = f'exec "$0" "$@" 3<&{to_read} 4>&{from_write}'
    process = await asyncio.create_subprocess_exec(
        "/bin/bash",
        "-c",
        command,
        found,
        *_FLAGS,
        f"--user-data-dir={profile}",
        "about:blank",
        pass_fds=(to_read, from_write),
        stderr=asyncio.subprocess.DEVNULL,
    )
    os.close(to_read)
    os.close(from_write)
    reader = asyncio.StreamReader(limit=1 << 28)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(from_read, "rb")
    )
    browser = Browser(to_write, reader)
    listening = asyncio.create_task(browser.listen())
    try:
        yield browser
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        process.terminate()
        await process.wait()
        transport.close()
        os.close(to_write)
        shutil.rmtree(profile, ignore_errors=True)
