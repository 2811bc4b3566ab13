"""The other side of `compare.rs`: the same jobs by OpenCV, libvips and Pillow, on the same picture, two threads each.

    python3 -m venv v && v/bin/pip install opencv-python-headless 'pyvips[binary]' Pillow numpy
    v/bin/python engine/benches/compare.py FILE.ppm [job]

The one rule: pictures are decoded before and not encoded after; what is lazy is forced. What each line means beside ours
stands in README.md.
"""
import os
import sys
import time

os.environ.setdefault("VIPS_CONCURRENCY", "2")

import cv2
import numpy as np
import pyvips
from PIL import Image, ImageFilter

RUNS = 5
cv2.setNumThreads(2)


def status(name):
    for line in open("/proc/self/status"):
        if line.startswith(name):
            return int(line.split()[1]) // 1024
    return 0


def timed(job, who, work, runs=RUNS):
    took, cpus, peaks = [], [], []
    for _ in range(runs):
        with open("/proc/self/clear_refs", "w") as refs:
            refs.write("5")
        before, cpu, start = status("VmRSS:"), time.process_time(), time.perf_counter()
        made = work()
        took.append((time.perf_counter() - start) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
        peaks.append(max(0, status("VmHWM:") - before))
        del made
    took.sort()
    print(f"{job:<12} {who:<8} {took[0]:>8.0f} {took[len(took) // 2]:>8.0f} {min(cpus):>8.0f} {max(peaks):>8}", flush=True)


def main(path, only):
    pillow = Image.open(path).convert("RGB")
    pillow.load()
    rgb = np.asarray(pillow)
    bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    vips = pyvips.Image.new_from_memory(rgb.tobytes(), pillow.width, pillow.height, 3, "uchar").copy(interpretation="srgb")
    height, width = bgr.shape[:2]
    hole = np.zeros((height, width), np.uint8)
    hole[1200:1800, 1700:2300] = 255
    other = np.ascontiguousarray(bgr[:, ::-1])

    def vips_hue():
        lch = vips.colourspace("lch")
        return (lch + [0, 0, 60]).cast("float").copy(interpretation="lch").colourspace("srgb").write_to_memory()

    def cv_hue():
        hsv = cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV_FULL)
        hsv[:, :, 0] += np.uint8(60 * 256 // 360)
        return cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR_FULL)

    def pillow_hue():
        h, s, v = pillow.convert("HSV").split()
        return Image.merge("HSV", (h.point(lambda x: (x + 43) % 256), s, v)).convert("RGB")

    def cv_transfer():
        """Reinhard: mean and spread of each channel of Lab taken from another picture."""
        lab = cv2.cvtColor(bgr.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
        aim = cv2.cvtColor(other.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
        (m, s), (n, t) = cv2.meanStdDev(lab), cv2.meanStdDev(aim)
        lab = (lab - m.ravel()) * (t / s).ravel() + n.ravel()
        return (cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_LAB2BGR) * 255).clip(0, 255).astype(np.uint8)

    def vips_transfer():
        lab, aim = vips.colourspace("lab"), vips.fliphor().colourspace("lab")
        mean = lambda i: [b.avg() for b in i.bandsplit()]
        spread = lambda i: [b.deviate() for b in i.bandsplit()]
        scale = [t / s for s, t in zip(spread(lab), spread(aim))]
        offset = [n - m * k for m, n, k in zip(mean(lab), mean(aim), scale)]
        return lab.linear(scale, offset).copy(interpretation="lab").colourspace("srgb").write_to_memory()

    def cv_grabcut(scale):
        small = cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        mask = np.zeros(small.shape[:2], np.uint8)
        box = tuple(int(v * scale) for v in (1200, 900, 1600, 1200))
        cv2.grabCut(small, mask, box, np.zeros((1, 65)), np.zeros((1, 65)), 5, cv2.GC_INIT_WITH_RECT)
        return mask

    jobs = [
        ("thumbnail", "opencv", lambda: cv2.resize(bgr, (640, 480), interpolation=cv2.INTER_AREA), RUNS),
        ("thumbnail", "vips", lambda: vips.thumbnail_image(640).write_to_memory(), RUNS),
        ("thumbnail", "vips-lin", lambda: vips.thumbnail_image(640, linear=True).write_to_memory(), RUNS),
        ("thumbnail", "pillow", lambda: pillow.resize((640, 480), Image.Resampling.LANCZOS), RUNS),
        ("blur", "opencv", lambda: cv2.GaussianBlur(bgr, (0, 0), 20), RUNS),
        ("blur", "vips", lambda: vips.gaussblur(20).write_to_memory(), RUNS),
        ("blur", "pillow", lambda: pillow.filter(ImageFilter.GaussianBlur(20)), RUNS),
        ("colour", "opencv", cv_hue, RUNS),
        ("colour", "vips", vips_hue, RUNS),
        ("colour", "pillow", pillow_hue, RUNS),
        ("transfer", "opencv", cv_transfer, RUNS),
        ("transfer", "vips", vips_transfer, RUNS),
        ("bilateral", "opencv", lambda: cv2.bilateralFilter(bgr, 7, 25, 3), RUNS),
        ("inpaint", "opencv", lambda: cv2.inpaint(bgr, hole, 3, cv2.INPAINT_TELEA), 3),
        ("clone", "opencv", lambda: cv2.seamlessClone(np.ascontiguousarray(other[1200:1800, 1700:2300]), bgr, np.full((600, 600), 255, np.uint8), (1200, 1500), cv2.NORMAL_CLONE), 3),
        ("grabcut", "cv 1 MP", lambda: cv_grabcut(0.29), 3),
        ("grabcut", "cv 12 MP", lambda: cv_grabcut(1.0), 1),
    ]
    print(f"{'job':<12} {'who':<8} {'best ms':>8} {'mid ms':>8} {'CPU ms':>8} {'MiB':>8}")
    for job, who, work, runs in jobs:
        if not only or job in only:
            try:
                timed(job, who, work, runs)
            except Exception as problem:  # A build without the function says so and the rest goes on.
                print(f"{job:<12} {who:<8} {problem}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
