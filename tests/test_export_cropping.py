"""A graph that leaves out its context where it is not needed any more gives the wanted frames as before."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest

torch = pytest.importorskip("torch")

from export import manifest as manifests  # noqa: E402
from export import to_onnx  # noqa: E402
from export.graph_spec import GraphSpec, float32  # noqa: E402
from export.models.acoustic import AcousticDecoder, AcousticModel  # noqa: E402
from export.models.source_filter import SourceFilterMagnitudes, SourceFilterVocoder  # noqa: E402
from tools.graph_cropping import cropped  # noqa: E402
from tools.graph_joining import arranged  # noqa: E402

FRAMES = 96


def vocoder_spec() -> GraphSpec:
    net = SourceFilterVocoder(channels=16, blocks=5)
    inputs = {"mel": float32("B", "T", 80), "f0": float32("B", "T"), "voicing": float32("B", "T")}
    names = ("harmonic_magnitude", "harmonic_phase", "noise_magnitude")
    return GraphSpec(name="vocoder_source_filter", module=SourceFilterMagnitudes(net).eval(), inputs=inputs,
                     outputs={name: float32("B", "T", 513) for name in names})  # fmt: skip


def decoder_spec() -> GraphSpec:
    model = AcousticModel(20, channels=16, decoder_blocks=3, pitch_blocks=2, pitch_channels=16)
    track, number = float32("B", "T"), float32("B", 1)
    inputs = {
        "hidden": float32("B", "T", 16 + 16), "position": track, "prosody": float32("B", 64),
        "speaker": float32("B", 128),
        "emotion": float32("B", 16), "pitch_mean": number, "pitch_offset": track, "pitch_range": number,
        "pitch_noise": track,
    }  # fmt: skip
    outputs = {"mel": float32("B", "T", 80), "f0": track, "voicing": track}
    return GraphSpec(name="acoustic_decoder", module=AcousticDecoder(model).eval(), inputs=inputs, outputs=outputs)


@pytest.fixture(scope="module", params=[vocoder_spec, decoder_spec])
def spec(request: pytest.FixtureRequest) -> GraphSpec:
    torch.manual_seed(5)
    made: GraphSpec = request.param()
    for parameter in made.module.parameters():  # nothing at a beginning without effect
        torch.nn.init.normal_(parameter, std=0.2)
    return made


@pytest.fixture(scope="module")
def contents(spec: GraphSpec) -> tuple[bytes, bytes]:
    plain = arranged(to_onnx.export_graph(spec))
    return plain, cropped(plain, spec.name)


def given(spec: GraphSpec) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(6)
    sizes = {"B": 1, "T": FRAMES}
    shapes = {name: [sizes.get(axis, axis) for axis in tensor.shape] for name, tensor in spec.inputs.items()}
    values = {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
    return values | {"f0": np.exp(values["f0"]) * 200} if "f0" in values else values


def run(content: bytes, feeds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, feeds), strict=True))


@pytest.mark.parametrize(("left", "right"), [(0, 0), (0, 16), (30, 18), (5, 11), (3, 61), (40, 0)])
def test_the_wanted_frames_are_the_same(
    spec: GraphSpec, contents: tuple[bytes, bytes], left: int, right: int
) -> None:
    plain, short = contents
    feeds = given(spec)
    whole, part = run(plain, feeds), run(short, feeds | {"margins": np.array([left, right])})
    for name, frames in whole.items():
        wanted = frames if name in ("f0", "voicing") else frames[:, left : FRAMES - right]
        assert part[name].shape == wanted.shape
        np.testing.assert_allclose(part[name], wanted, atol=1e-5 * np.abs(wanted).max())


def test_less_is_computed(spec: GraphSpec, contents: tuple[bytes, bytes]) -> None:
    stack = "/stack/" if spec.name.startswith("vocoder") else "/decoder/"
    model = onnx.load_model_from_string(contents[1])
    norms = [n.output[0] for n in model.graph.node if n.op_type == "LayerNormalization" and n.name.startswith(stack)]
    model.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in norms)
    found = run(model.SerializeToString(), given(spec) | {"margins": np.array([40, 24])})
    frames = [found[name].shape[1] for name in norms]
    reach = 3  # of a block, to each side
    for block, count in enumerate(frames):
        needed = FRAMES - 40 - 24 + 2 * reach * (len(frames) - 1 - block)
        assert needed <= count <= needed + 4 * reach < FRAMES


def test_who_gives_no_margins_gets_all_frames(spec: GraphSpec, contents: tuple[bytes, bytes]) -> None:
    plain, short = contents
    feeds = given(spec)
    whole, same = run(plain, feeds), run(short, feeds)
    for name, frames in whole.items():
        np.testing.assert_allclose(same[name], frames, atol=1e-5 * np.abs(frames).max())
    entries = [manifests.graph_entry(content, "graph.onnx", "fp32", {}) for content in contents]
    assert entries[0]["inputs"] == entries[1]["inputs"]


def test_other_graphs_stay_as_they_are(contents: tuple[bytes, bytes]) -> None:
    assert cropped(contents[0], "vocoder_hifigan") == contents[0]
