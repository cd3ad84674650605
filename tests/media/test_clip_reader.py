"""Files made by ffmpeg: each picture is the one that is meant, whichever was asked for before."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bazaar_nb.errors import AssetError
from bazaar_nb.media.clip_file import ClipFile, look_into_clip
from bazaar_nb.media.clip_reader import ClipReader
from tests.media.clip_files import FPS, FRAMES, HEIGHT, WIDTH, convert_clip, make_clip, shown_by_ffmpeg
from tests.media.films import read_number

H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "3", "-g", "20")
_GOP = ("-bf", "3", "-g", "12", "-keyint_min", "12")
_X265 = "log-level=none:open-gop=1:keyint=12:min-keyint=12"
_MPEG2 = ("-c:v", "mpeg2video", "-bf", "2", "-g", "12", "-b:v", "2M")
_420 = ("-pix_fmt", "yuv420p")
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "b_frames": ("mp4", H264),
    "open_gop": ("mp4", ("-c:v", "libx264", *_420, *_GOP, "-x264-params", "open-gop=1")),
    "hevc_open_gop": ("mp4", ("-c:v", "libx265", *_420, "-x265-params", _X265, "-tag:v", "hvc1")),
    "intra_refresh": ("mp4", ("-c:v", "libx264", *_420, "-intra-refresh", "1", "-g", "12")),
    "matroska": ("mkv", H264),
    "avi_with_b_frames": ("avi", H264),
    "transport_stream": ("ts", _MPEG2),
    "program_stream": ("mpg", _MPEG2),
    "vp8_alt_ref": (
        "webm",
        ("-c:v", "libvpx", *_420, "-auto-alt-ref", "1", "-lag-in-frames", "16", "-b:v", "1M"),
    ),
    "vp9": ("webm", ("-c:v", "libvpx-vp9", *_420, "-g", "20", "-cpu-used", "8", "-deadline", "realtime")),
    "gif": ("gif", ("-r", "25")),
}


def pixels(reader: ClipReader, path: Path, number: int) -> NDArray[np.uint8]:
    reader.begin_frame()
    return reader.pixels(path, str(path), number, look_into_clip(path).size).copy()


def number_in(picture: NDArray[np.uint8]) -> int:
    return read_number(picture[:, :, 1])


def turned(file: ClipFile) -> tuple[int, int]:
    return file.size[1], file.size[0]


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("clips")
    return {
        name: make_clip(folder / f"{name}.{suffix}", *arguments)
        for name, (suffix, arguments) in KINDS.items()
    }


@pytest.mark.parametrize("name", KINDS)
def test_any_order_gives_the_same_bytes(clips: dict[str, Path], name: str) -> None:
    path = clips[name]
    file = look_into_clip(path)
    assert file.frames == FRAMES
    reader = ClipReader()
    in_order = [pixels(reader, path, number) for number in range(FRAMES)]
    assert [number_in(picture) for picture in in_order] == list(range(FRAMES))
    assert [file.frame_at(number / FPS) for number in range(FRAMES)] == list(range(FRAMES))
    reader = ClipReader()
    for number in reversed(range(FRAMES)):
        assert np.array_equal(pixels(reader, path, number), in_order[number]), number
    shuffled = random.Random(name).sample(range(FRAMES), 20)
    for place, number in enumerate(shuffled):
        reader = ClipReader() if place % 5 == 0 else reader
        assert np.array_equal(pixels(reader, path, number), in_order[number]), number


def test_two_times_of_one_file_in_each_frame(clips: dict[str, Path]) -> None:
    path, reader = clips["b_frames"], ClipReader()
    size = look_into_clip(path).size
    for number in range(25):
        reader.begin_frame()
        shown = [number_in(reader.pixels(path, "both", at, size)) for at in (number, number + 25)]
        assert shown == [number, number + 25]


def test_times_of_a_variable_rate(tmp_path: Path) -> None:
    kept = [0, 1, 2, 10, 11, 30, 31, 49]
    chosen = "+".join(f"eq(n,{number})" for number in kept)
    path = make_clip(tmp_path / "vfr.mp4", "-vf", f"select='{chosen}'", "-vsync", "vfr", *H264)
    file, reader = look_into_clip(path), ClipReader()
    assert file.frames == len(kept)
    for number in range(FRAMES):
        wanted = max(one for one in kept if one <= number)
        assert number_in(pixels(reader, path, file.frame_at(number / FPS))) == wanted


def test_times_that_begin_elsewhere(clips: dict[str, Path], tmp_path: Path) -> None:
    late = convert_clip(clips["b_frames"], tmp_path / "late.mkv", "-c", "copy", "-output_ts_offset", "7.3")
    cut = convert_clip(clips["b_frames"], tmp_path / "cut.mp4", "-c", "copy", before=("-ss", "0.9"))
    assert number_in(pixels(ClipReader(), late, look_into_clip(late).frame_at(0.4))) == 10
    file = look_into_clip(cut)  # its edit list hides what decoding needs before
    shown = [number_in(pixels(ClipReader(), cut, number)) for number in (0, 1, file.frames - 1)]
    assert shown[1] == shown[0] + 1
    assert shown[0] in (22, 23)
    assert shown[2] == FRAMES - 1


def test_phones_turn_by_a_matrix(clips: dict[str, Path], tmp_path: Path) -> None:
    for degrees in (90, 180, 270):
        path = (
            convert_clip(
                clips["b_frames"],
                tmp_path / f"{degrees}.mp4",
                "-c",
                "copy",
                before=("-display_rotation", str(degrees)),
            )
            if _can_turn()
            else _tagged(clips["b_frames"], tmp_path / f"{degrees}.mp4", degrees)
        )
        file = look_into_clip(path)
        assert file.size == ((WIDTH, HEIGHT) if degrees == 180 else (HEIGHT, WIDTH))
        meant = shown_by_ffmpeg(path, *file.size)[9]
        assert np.abs(pixels(ClipReader(), path, 9).astype(int) - meant).mean() < 1.5


def _can_turn() -> bool:
    help_text = subprocess.run(["ffmpeg", "-h", "full"], capture_output=True, text=True, check=True).stdout
    return "-display_rotation" in help_text


def _tagged(source: Path, path: Path, degrees: int) -> Path:
    return convert_clip(source, path, "-c", "copy", "-metadata:s:v", f"rotate={degrees}")


@pytest.mark.parametrize("matrix", ["bt709", "bt601", "bt2020"])
@pytest.mark.parametrize("span", ["tv", "pc"])
def test_colors_are_those_that_are_meant(tmp_path: Path, matrix: str, span: str) -> None:
    tag = {"bt709": "bt709", "bt601": "smpte170m", "bt2020": "bt2020nc"}[matrix]
    path = tmp_path / "colors.mp4"
    color = (200, 80, 40)
    picture = np.full((HEIGHT, WIDTH, 3), color, np.uint8).tobytes()
    command = [
        "ffmpeg",
        "-y",
        "-v",
        "error",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-s",
        f"{WIDTH}x{HEIGHT}",
    ]
    command += ["-i", "-", "-vf", f"scale=out_color_matrix={matrix}:out_range={span}", "-pix_fmt", "yuv420p"]
    command += ["-c:v", "libx264", "-crf", "1", "-colorspace", tag, "-color_range", span, str(path)]
    subprocess.run(command, check=True, input=picture)
    shown = pixels(ClipReader(), path, 0)[HEIGHT // 2, WIDTH // 2]
    assert np.abs(shown[[2, 1, 0]].astype(int) - color).max() <= 3


def test_untagged_small_pictures_are_bt601_and_large_ones_bt709(tmp_path: Path) -> None:
    for size, matrix in (((640, 360), "bt601"), ((1280, 720), "bt709")):
        path = tmp_path / f"{matrix}.mp4"
        source = f"color=c=0xC85028:s={size[0]}x{size[1]}:d=0.2,format=rgb24"
        command = ["ffmpeg", "-y", "-v", "error", "-f", "lavfi", "-i", source]
        command += ["-vf", f"scale=out_color_matrix={matrix}:out_range=tv,setparams=colorspace=unknown"]
        command += ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "1", str(path)]
        subprocess.run(command, check=True)
        shown = pixels(ClipReader(), path, 0)[100, 100]
        assert np.abs(shown[[2, 1, 0]].astype(int) - (200, 80, 40)).max() <= 3


ALPHA = "format={},geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='{}*X/W'"


@pytest.mark.parametrize(
    ("suffix", "shape", "most", "arguments"),
    [
        (
            "webm",
            "yuva420p",
            255,
            ("-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-g", "20", "-cpu-used", "8"),
        ),
        (
            "webm",
            "yuva420p",
            255,
            ("-c:v", "libvpx", "-pix_fmt", "yuva420p", "-auto-alt-ref", "0", "-g", "20"),
        ),
        (
            "mov",
            "yuva444p10le",
            1023,
            ("-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le"),
        ),
        ("webp", "yuva420p", 255, ("-c:v", "libwebp_anim", "-lossless", "1")),
        ("apng", "yuva420p", 255, ("-c:v", "apng", "-pix_fmt", "rgba")),
    ],
)
def test_alpha(tmp_path: Path, suffix: str, shape: str, most: int, arguments: tuple[str, ...]) -> None:
    path = make_clip(tmp_path / f"alpha.{suffix}", "-vf", ALPHA.format(shape, most), *arguments, frames=12)
    file, reader = look_into_clip(path), ClipReader()
    assert file.frames == 12
    assert not file.opaque
    for number in (7, 0, 11, 3):
        shown = pixels(reader, path, number)
        assert np.abs(shown[:, :, 3] - np.arange(WIDTH) * 255 / WIDTH).max() <= 6
        assert read_number(shown[:, :, 1]) == number


def test_interlaced_pictures_lose_their_combs(tmp_path: Path) -> None:
    source = "color=black:s=256x144:r=50:d=1,geq=lum='if(lt(mod(X+N*6,64),32),235,16)':cb=128:cr=128"
    path = tmp_path / "interlaced.mp4"
    command = ["ffmpeg", "-y", "-v", "error", "-f", "lavfi", "-i", source]
    command += ["-vf", "tinterlace=interleave_top,fieldorder=tff", "-c:v", "libx264", "-flags", "+ilme+ildct"]
    subprocess.run([*command, "-pix_fmt", "yuv420p", "-g", "10", str(path)], check=True)
    file, reader = look_into_clip(path), ClipReader()
    assert file.interlaced
    in_order = [pixels(reader, path, number) for number in range(file.frames)]
    for number in (20, 3, 19, 0, 24):
        assert np.array_equal(pixels(ClipReader(), path, number), in_order[number])

    def combs(picture: NDArray[np.uint8]) -> float:
        lines = picture[:, :, 1].astype(int)
        return float(np.abs(lines[1:-1:2] - (lines[:-2:2] + lines[2::2]) / 2).mean())

    woven = shown_by_ffmpeg(path, 256, 144)
    assert combs(in_order[12]) < 0.3 * combs(woven[12])


def test_it_says_when_colors_are_hdr(tmp_path: Path) -> None:
    path = make_clip(
        tmp_path / "hdr.mp4", "-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params",
        "log-level=none:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc", frames=3,
    )  # fmt: skip
    assert "HDR (HLG)" in look_into_clip(path).told


def _png_head(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))


def test_files_that_are_no_clips(clips: dict[str, Path], tmp_path: Path) -> None:
    whole = clips["b_frames"].read_bytes()
    sound = tmp_path / "sound.m4a"
    subprocess.run(
        ["ffmpeg", "-y", "-v", "error", "-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac", str(sound)],
        check=True,
    )
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXTINF:2,\nfile://{clips['transport_stream']}\n#EXT-X-ENDLIST\n")
    for name, data, said in (
        ("empty.mp4", b"", "is empty"),
        ("text.mp4", b"no video at all" * 99, "no video that can be read"),
        ("cut.mp4", whole[: len(whole) // 2], "cut off"),
        ("bomb.png", _png_head(60_000, 60_000), "bomb.png"),
        ("wide.png", _png_head(100_000, 1), "wide.png"),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(AssetError, match=said):
            look_into_clip(path)
    with pytest.raises(AssetError, match=r"has no pictures: bz\.Sound"):
        look_into_clip(sound)
    with pytest.raises(AssetError, match="no video that can be read"):
        look_into_clip(playlist)
    with pytest.raises(AssetError, match="is not there"):
        look_into_clip(tmp_path / "nowhere.mp4")


def test_a_wrong_suffix_does_not_matter(clips: dict[str, Path], tmp_path: Path) -> None:
    path = Path(shutil.copy(clips["vp9"], tmp_path / "film.avi"))
    assert number_in(pixels(ClipReader(), path, 33)) == 33


def test_a_file_that_says_to_be_longer_is_known(clips: dict[str, Path], tmp_path: Path) -> None:
    path = make_clip(tmp_path / "long.mp4", *H264, "-movflags", "+faststart", frames=100)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    file = look_into_clip(path)
    assert file.cut_off_s == pytest.approx(4)
    assert file.duration_s < 3.5
    assert number_in(pixels(ClipReader(), path, file.frames - 4)) == file.frames - 4


def test_a_file_that_changes_is_not_read_on(clips: dict[str, Path], tmp_path: Path) -> None:
    path = Path(shutil.copy(clips["b_frames"], tmp_path / "changing.mp4"))
    look_into_clip(path, "changing")
    shutil.copy(clips["open_gop"], path)
    with pytest.raises(AssetError, match="changed while it was being read"):
        ClipReader().pixels(path, "changing", 5, (WIDTH, HEIGHT))


MEMORY = """
import sys
from pathlib import Path
from bazaar_nb.media.clip_file import look_into_clip
from bazaar_nb.media.clip_reader import ClipReader
from bazaar_nb.render.worker import peak_memory_bytes
reader = ClipReader()
path = Path(sys.argv[1])
file = look_into_clip(path)
for number in [*range(20), *reversed(range(20))]:
    reader.begin_frame()
    reader.pixels(path, "large", number, (480, 270))
print(peak_memory_bytes() // 1024**2)
"""


def test_4k_takes_a_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.mp4"
    source = "testsrc2=s=3840x2160:r=25:d=0.8"
    command = [
        "ffmpeg",
        "-y",
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        source,
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
    ]
    subprocess.run([*command, "-pix_fmt", "yuv420p", str(path)], check=True)
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(path)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 420, done.stdout  # MB, 60 of which is Python
