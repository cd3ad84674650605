"""Small sound files for the tests, and where a click is in a signal."""

import subprocess
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float32]


def write_wav(path: Path, signal: NDArray[np.floating], rate: int = 48_000) -> Path:
    """Write a signal of shape (samples,) or (samples, channels), 16 bits a sample."""
    columns = signal[:, np.newaxis] if signal.ndim == 1 else signal
    with wave.open(str(path), "wb") as file:
        file.setnchannels(columns.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.round(columns * 32767).astype("<i2").tobytes())
    return path


def click(length: int, at: int) -> Signal:
    """Silence with a click of two samples, which lossy codecs keep in its place."""
    signal = np.zeros(length, np.float32)
    signal[at : at + 2] = 0.9, -0.9
    return signal


def convert(source: Path, target: Path, *arguments: str) -> Path:
    """Let the ffmpeg program make another format of a file."""
    command = ["ffmpeg", "-y", "-v", "error", "-i", str(source), *arguments, str(target)]
    subprocess.run(command, check=True)
    return target


def decode_with_ffmpeg(path: Path) -> Signal:
    """Decode as the ffmpeg program does: shape (samples, 2) at 48 kHz."""
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-i",
        str(path),
        "-vn",
        "-ac",
        "2",
        "-ar",
        "48000",
        "-f",
        "f32le",
        "-",
    ]
    output = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(output, np.float32).reshape(-1, 2)


def loudest(signal: NDArray[np.floating]) -> int:
    """Give the index of the highest peak of the left channel."""
    return int(np.abs(signal[:, 0]).argmax())
