"""Pictures of streams are well-formed SVG that shows what was seen."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from verifier.probes.sse.charts import Track, histogram, timeline


def shown(picture: str) -> tuple[list[str], int]:
    """The texts, and how many shapes are in the colour of what is wrong."""
    root = ET.fromstring(picture)  # noqa: S314 - our own picture
    texts = [each.text or "" for each in root.iter() if each.tag.endswith("}text")]
    return texts, sum(each.tag.endswith("}rect") and each.get("fill") == "#b3261e" for each in root.iter())


def test_a_pause_beyond_the_limit_is_red_and_has_its_figure() -> None:
    well = Track("m1", (0.0, 30.0, 60.0), (12.0,), 60.0, "well", good=True)
    silent = Track("m2 <b>", (0.0, 30.0), (), 65.0, "silent & red", good=False)

    texts, red = shown(timeline([well, silent], 34.0))

    assert {"m1", "m2 <b>", "well", "silent & red", "35.0 s"} <= set(texts)
    assert red == 2  # the pause and its entry in the legend


def test_arrivals_beyond_the_limit_are_red_and_the_missing_are_told() -> None:
    texts, red = shown(histogram([0.1, 0.2, 6.0], 5.0, missing=2))

    assert {"3 arrivals", "p50 0.200 s", "max 6.000 s", "2 never arrived"} <= set(texts)
    assert red == 1


def test_no_arrival_is_a_picture_too() -> None:
    assert "0 arrivals" in shown(histogram([], 5.0, missing=1))[0]
