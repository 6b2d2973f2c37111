"""A program `java` that speaks as Farasa's jars do, and fails in every way that is known. Farasa itself cannot be shipped.

It segments by two rules of its own (و and ال in front), normalizes letters as Farasa does, and answers when it is told to.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from khabar.farasa_jars.accepted import accept
from khabar.farasa_jars.jars import find_jars

PROGRAM = r"""
import json, os, re, sys, time
plan = json.loads(os.environ.get("FAKE_JAVA") or "{}")
home = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(home, "starts"), "a") as file:
    file.write("%d\n" % os.getpid())
with open(os.path.join(home, "starts")) as file:
    start = sum(1 for _ in file)
fault = plan.get("fault") if plan.get("faulty_from", 1) <= start <= plan.get("faulty_starts", 10**9) else None
after = plan.get("after", 0)
flush = plan.get("flush", "line")
jar = os.path.basename(sys.argv[sys.argv.index("-jar") + 1])
fold = str.maketrans("أإآىئؤة", "ااايءءه")
class Out:  # as Java's BufferedWriter, whatever PYTHONUNBUFFERED says
    held = b""
    def write(self, data):
        self.held += data
    def flush(self):
        sys.stdout.buffer.write(self.held); sys.stdout.buffer.flush(); self.held = b""
out, seen, asked = Out(), set(), 0
hang = lambda: time.sleep(3600)
if fault == "dies_at_start":
    sys.stderr.write("Exception in thread main java.io.FileNotFoundException\n"); sys.exit(1)
if fault == "hangs_at_start":
    hang()
if fault == "floods_stderr":
    for _ in range(20000):
        sys.stderr.write("java.lang.IllegalStateException: وقال secret\n\tat farasa.Farasa.run(Farasa.java:12)\n")
def segment(word):
    word = word.translate(fold)
    if word.startswith("لل"):
        return "ل+ال+" + word[2:]
    parts = re.fullmatch("(و?)(ال)?(..+)", word)
    return "+".join(part for part in parts.groups() if part) if parts else word
def answer(line):
    words = line.split()
    if "POS" in jar:
        return "S/S " + " ".join(pos(word) for word in words) + " E/E"
    if "NER" in jar:
        return " ".join(word.translate(fold) + "/" + names.get(word, "O") for word in words)
    return " ".join(map(segment, words))
names = {"بغداد": "B-LOC", "سامح": "B-PERS", "شكري": "I-PERS", "وبغداد": "B-LOC"}
def pos(word):
    parts = segment(word).split("+")
    tags = ["CONJ" if part == "و" else "DET" if part == "ال" else "PREP" if part == "ل" else "NOUN-MS" for part in parts]
    shown = [part + "+" for part in parts[:-1]] + [parts[-1]]
    return " ".join(shown) + "/" + "+".join(tags)
for raw in sys.stdin.buffer:
    asked += 1
    line = raw.decode().rstrip("\n")
    if asked > after + 2:  # the first two lines are the handshake
        if fault == "dies": out.flush(); os._exit(137)
        if fault == "hangs": out.flush(); hang()
        if fault == "garbage": out.write(b"\xff\xfe\x00\n"); out.flush(); continue
        if fault == "fewer" and asked == after + 3: continue
        if fault == "more": out.write("زيادة\n".encode())
        if fault == "shouts": out.write(b"x" * (1 << 22)); out.flush()
        if fault == "slow": time.sleep(0.01)
        if fault == "poison" and "زقوم" in line: os._exit(1)
    text = answer(line)
    is_new = bool(set(line.split()) - seen)
    seen.update(line.split())
    if flush == "word":  # Farasa's release: what it has written goes out when it meets a new word, its line end with the next
        out.write((text + " ").encode())
        if is_new: out.flush()
        out.write(b"\n")
    else:
        out.write((text + "\n").encode())
        if flush == "line": out.flush()
out.flush()
"""


@dataclass
class FakeJava:
    """A folder with a program `java` and a folder of made-up jars, accepted.

    Attributes:
        folder: holds both.
        jars: what KHABAR_FARASA_JARS would be.
    """

    folder: Path
    jars: Path = field(init=False)

    def __post_init__(self) -> None:
        self.jars = self.folder / "jars"
        for name in ("lib/FarasaSegmenterJar.jar", "FarasaPOSJar.jar", "FarasaNERJar.jar"):
            jar = self.jars / name
            jar.parent.mkdir(parents=True, exist_ok=True)
            jar.write_bytes(f"made up: {name}".encode())
        accept(find_jars(self.jars), source="a test")
        self.java.write_text(f"#!{sys.executable} -S\n{PROGRAM}", encoding="utf-8")
        self.java.chmod(0o755)

    @property
    def java(self) -> Path:
        """The program."""
        return self.folder / "java"

    @property
    def pids(self) -> list[int]:
        """Every process that was started so far, in order."""
        starts = self.folder / "starts"
        return [int(line) for line in starts.read_text().split()] if starts.exists() else []
