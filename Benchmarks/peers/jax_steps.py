#!/usr/bin/env python3
# Part of toylab. Licensed under Apache-2.0; see LICENSE.
"""The benchmark's items in JAX, single precision, for `toylab bench --peer`.

Pins itself to N cores, prints {"ready": true, "name": "jax VERSION", "threads": N} and then answers lines of
JSON on standard input with one line each:

  {"prepare": {"name", "form", "steps", "batch", "work"}}
      Compiles an item and runs it once to warm up; replies {"prepared": name, "loss": loss of the last step}.
      form: scan, one compiled loop over the steps, or step, one compiled call a step (inside a loop XLA runs
      convolutions many times as slow on a CPU). work: {"kind", ...} with
      isd, esd, hvp: "width", "depth", "activation" (silu, gelu or tanh);
      tit: "width", "depth", "heads", "imageSize", "patch", "channels", "tangent" (exact or difference);
      unet: "imageSize", "channels", "blockChannels", "layersPerBlock", "groups", "attentionLevels", "heads",
      "embeddingWidth", "timeFeatures", "tangent"; conv: "imageSize", "channels".
  {"run": {"name", "form"}}
      Runs the prepared steps once; replies {"name", "form", "seconds", "steps"}.
  {"check": {"work", "parameters", "data", "noise", "time", "endTime"}}
      Loss and gradient of isd, esd or unet on one batch; parameters are flat, layer by layer the weight [in, out],
      row-major, and then the bias. Replies {"loss", "gradient"}.
  {"quit": true}

A request that fails is answered by {"error": text}, and the process goes on.

`jax_steps.py --reference objectives.json transformer.safetensors` compares with files of reference values
instead, and exits with 1 where something differs by more than single precision explains.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import math
import os
import struct
import sys
import time
from functools import partial
from typing import Any, Iterator

SINGLE_PRECISION_BOUND = 2e-6  # relative to the largest element; measured 3e-7 at most


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--threads", type=int, default=1, metavar="N", help="cores to run on (default: 1)")
    parser.add_argument(
        "--reference", nargs="+", metavar="FILE", help="compare with reference values and exit")
    options = parser.parse_args()
    if options.threads < 1:
        parser.error(f"--threads takes a positive number, not {options.threads}")
    return options


def configure(threads: int) -> None:
    """Limits this process to a number of cores. XLA reads this once, when JAX is first used."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        if threads > len(cores):
            raise SystemExit(f"--threads {threads} is more than the {len(cores)} cores there are")
        os.sched_setaffinity(0, cores[:threads])
    # Vectors of 512 bits are a few percent faster than the default of 256 where the processor has them. Other
    # flags (oneDNN, fast mathematics, presets, library fusions) brought nothing or cost time.
    flags = ["--xla_cpu_prefer_vector_width=512"]
    if threads == 1:
        flags.append("--xla_cpu_multi_thread_eigen=false")
    os.environ["XLA_FLAGS"] = " ".join(flags + [os.environ.get("XLA_FLAGS", "")]).strip()
    os.environ["JAX_PLATFORMS"] = "cpu"
    keep_freed_memory()


def keep_freed_memory() -> None:
    """Has glibc keep what XLA frees after each call: fresh pages make single steps up to 1.5 times slower."""
    mmap_threshold, trim_threshold, largest = -3, -1, 2**30
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(mmap_threshold, largest)
        library.mallopt(trim_threshold, largest)


class Prepared:
    """An item compiled in one form, warm, with the state that its runs carry on from."""

    def __init__(self, item: dict):
        self.steps, self.form = int(item["steps"]), item["form"]
        if self.steps < 1:
            raise ValueError(f"steps {self.steps} is not positive")
        step, self.state = items.item_step(item["work"], int(item["batch"]))
        if self.form == "scan":

            def every_step(state):
                state, losses = lax.scan(lambda s, _: step(s), state, length=self.steps)
                return state, losses[-1]

            self.call, self.calls = jax.jit(every_step, donate_argnums=0), 1
        elif self.form == "step":
            self.call, self.calls = jax.jit(step, donate_argnums=0), self.steps
        else:
            raise ValueError(f"form {self.form!r} is neither scan nor step")
        self.run()

    def run(self) -> float:
        """Makes the steps and returns the seconds they took."""
        start = time.perf_counter()
        for _ in range(self.calls):
            self.state, self.loss = self.call(self.state)
        jax.block_until_ready((self.state, self.loss))
        return time.perf_counter() - start


# --- Requests ---------------------------------------------------------------------------------------------


def layers(flat: list[float], width: int, depth: int) -> list:
    """The layers of a perceptron from its flat parameters."""
    sizes = networks.perceptron_sizes(width, depth)
    expected = sum((inputs + 1) * outputs for inputs, outputs in sizes)
    if len(flat) != expected:
        raise ValueError(f"{len(flat)} parameters, but the network has {expected}")
    values, result = jnp.asarray(flat, jnp.float32), []
    for inputs, outputs in sizes:
        weight, bias, values = jnp.split(values, [inputs * outputs, (inputs + 1) * outputs])
        result.append((weight.reshape(inputs, outputs), bias))
    return result


def flattened(tree: Any) -> jax.Array:
    return jnp.concatenate([leaf.reshape(-1) for leaf in jax.tree.leaves(tree)])


def unet_vector(tree: dict, shape: unets.UNetShape) -> jax.Array:
    """The parameters of a U-Net, or their gradient, in the order of its layers."""
    return jnp.concatenate([
        tree[layer.name][part].reshape(-1)
        for layer in unets.unet_layers(shape) for part in ("weight", "bias")])


def unet_tree(flat: list[float], shape: unets.UNetShape) -> dict:
    """The layers of a U-Net from its flat parameters."""
    values, result, start = jnp.asarray(flat, jnp.float32), {}, 0
    for layer in unets.unet_layers(shape):
        middle = start + math.prod(layer.weight)
        end = middle + layer.weight[-1]
        result[layer.name] = {
            "weight": values[start:middle].reshape(layer.weight), "bias": values[middle:end]}
        start = end
    if len(flat) != start:
        raise ValueError(f"{len(flat)} parameters, but the network has {start}")
    return result


def check(request: dict) -> dict:
    """Loss and gradient of one batch."""
    work, flat = request["work"], request["parameters"]
    kind = work["kind"]
    if kind in items.LOSSES:
        network, loss, dimension = networks.perceptron(work["activation"]), items.LOSSES[kind], 2
        parameters, vector = layers(flat, work["width"], work["depth"]), flattened
    elif kind == "unet":
        shape, loss = items.unet_shape(work), partial(items.isd_loss, tangent=work["tangent"])
        network, dimension = unets.unet(shape), shape.pixels
        parameters, vector = unet_tree(flat, shape), partial(unet_vector, shape=shape)
    else:
        raise ValueError(f"kind {kind!r} is none of {', '.join(items.LOSSES)}, unet")
    points = [jnp.asarray(request[k], jnp.float32).reshape(-1, dimension) for k in ("data", "noise")]
    times = [jnp.asarray(request[k], jnp.float32).reshape(-1, 1) for k in ("time", "endTime")]
    value, gradient = jax.jit(jax.value_and_grad(
        lambda p: loss(network, p, items.Batch(*points, *times))))(parameters)
    return {"loss": float(value), "gradient": vector(gradient).tolist()}


def answer(request: dict, prepared: dict[tuple[str, str], Prepared]) -> dict:
    if "prepare" in request:
        item = request["prepare"]
        work = prepared[item["name"], item["form"]] = Prepared(item)
        return {"prepared": item["name"], "loss": float(work.loss)}
    if "run" in request:
        name, form = request["run"]["name"], request["run"]["form"]
        if (name, form) not in prepared:
            raise ValueError(f"{name} was not prepared in the form {form}")
        work = prepared[name, form]
        return {"name": name, "form": form, "seconds": work.run(), "steps": work.steps}
    if "check" in request:
        return check(request["check"])
    raise ValueError("a request is one of prepare, run, check, quit")


def described(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"the request lacks {error}"
    return f"{type(error).__name__}: {error}"


def serve(threads: int) -> None:
    def reply(message: dict) -> None:
        print(json.dumps(message), flush=True)

    prepared: dict[tuple[str, str], Prepared] = {}
    reply({"ready": True, "name": f"jax {jax.__version__}", "threads": threads})
    for line in sys.stdin:
        try:
            request = json.loads(line)
            if "quit" in request:
                return
            reply(answer(request, prepared))
        except Exception as error:  # whatever went wrong, the other side is told and decides
            reply({"error": described(error)})


# --- Reference values -------------------------------------------------------------------------------------


def difference(value: Any, expected: Any) -> float:
    """The largest difference, relative to the largest expected element."""
    value, expected = (np.asarray(part, np.float64).reshape(-1) for part in (value, expected))
    return float(np.max(np.abs(value - expected)) / np.max(np.abs(expected)))


def flat_layers(record: list[dict]) -> np.ndarray:
    return np.concatenate([np.ravel(layer[part]) for layer in record for part in ("w", "b")])


def compared_objectives(path: str) -> Iterator[tuple[str, float]]:
    """Losses are means over two coordinates, half of the file's sums of squared norms."""
    with open(path, encoding="utf-8") as file:
        records = [record for record in json.load(file) if record["interpolant"] == "linear"]
    for record in records:
        width, depth = record["hidden"], record["depth"]
        parameters = flat_layers(record["parameters"]).tolist()
        batch = {"data": record["x"], "noise": record["z"], "time": record["t"], "endTime": record["s"]}
        matching = record["objectives"]["flowMatching"]
        terms = {"isd": "improvedSelfDistillation", "esd": "eulerianSelfDistillation"}
        for kind, name in terms.items():
            term = record["objectives"][name]
            reply = check({
                "work": {"kind": kind, "width": width, "depth": depth, "activation": "silu"},
                "parameters": parameters, **batch})
            gradient = (flat_layers(matching["gradient"]) + flat_layers(term["gradient"])) / 2
            yield f"{kind} loss", difference(reply["loss"], (matching["mean"] + term["mean"]) / 2)
            yield f"{kind} gradient", difference(reply["gradient"], gradient)
        points = [jnp.asarray(record[k], jnp.float32) for k in ("x", "z")]
        times = [jnp.asarray(record[k], jnp.float32).reshape(-1, 1) for k in ("t", "s")]
        _, product = items.hessian_product(
            networks.perceptron("silu"), layers(parameters, width, depth),
            layers(flat_layers(record["direction"]).tolist(), width, depth),
            items.Batch(*points, *times))
        expected = record["hessianVectorProduct"]["flowMatchingPlusImprovedSelfDistillation"]
        yield "isd Hessian-vector product", difference(flattened(product), flat_layers(expected) / 2)


def safetensors(path: str) -> tuple[dict, dict[str, np.ndarray]]:
    """The configuration and the tensors of a file."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        body = file.read()
    config = json.loads(header.pop("__metadata__")["config"])
    kinds = {"F64": np.float64, "I64": np.int64}
    return config, {
        name: np.frombuffer(body[slice(*entry["data_offsets"])], kinds[entry["dtype"]])
        .reshape(entry["shape"])
        for name, entry in header.items()
    }


def compared_transformer(path: str) -> Iterator[tuple[str, float]]:
    """Output, tangent and gradient of a transformer whose weights the file holds as [out, in]."""
    config, tensors = safetensors(path)
    shape = networks.TransformerShape(
        config["in_channels"], config["input_size"], config["patch_size"], config["hidden_size"],
        config["depth"], config["num_heads"])
    network = networks.transformer(shape)

    def named(prefix: str) -> dict:
        result: dict = {}
        for name in networks.transformer_parameters(jax.random.key(0), shape):
            weight = tensors[f"{prefix}{name}.weight"]
            result[name] = {
                "weight": jnp.asarray(weight.reshape(len(weight), -1).T, jnp.float32),
                "bias": jnp.asarray(tensors[f"{prefix}{name}.bias"], jnp.float32)}
        return result

    def rows(name: str, size: int) -> jax.Array:
        return jnp.asarray(tensors[name].reshape(-1, size), jnp.float32)

    parameters, classes = named("parameter."), tensors["parameter.y_embedder.embedding_table.weight"]
    x, along, cotangent = (rows(name, shape.pixels) for name in ("x", "tangent", "cotangent"))
    t, s = rows("t", 1), rows("s", 1)
    condition = jnp.asarray(classes[tensors["classes"]], jnp.float32)
    output, tangent = jax.jvp(
        lambda x, t: network(parameters, x, t, s, condition), (x, t), (along, jnp.ones_like(t)))
    gradient = jax.grad(
        lambda p: jnp.sum(network(p, x, t, s, condition) * cotangent))(parameters)
    yield "transformer output", difference(output, tensors["output"])
    yield "transformer tangent", difference(tangent, tensors["outputTangent"])
    yield "transformer gradient", difference(flattened(gradient), flattened(named("gradient.")))


def compare(paths: list[str]) -> bool:
    """Prints how far each quantity is from its reference; whether all agree."""
    agree = True
    for path in paths:
        rule = compared_transformer if path.endswith(".safetensors") else compared_objectives
        for quantity, error in rule(path):
            agree = agree and error <= SINGLE_PRECISION_BOUND
            print(f"{quantity:30} {error:.1e}")
    return agree


if __name__ == "__main__":
    OPTIONS = arguments()
    configure(OPTIONS.threads)
    try:
        import jax
        import jax.numpy as jnp
        import numpy as np
        from jax import lax

        import jax_items as items
        import jax_networks as networks
        import jax_unet as unets
    except ImportError as failure:
        message = f"JAX cannot be imported ({failure}); install it with: pip install jax"
        print(json.dumps({"error": message}), flush=True)
        sys.exit(f"jax_steps.py: {message}")
    if OPTIONS.reference:
        sys.exit(0 if compare(OPTIONS.reference) else 1)
    serve(OPTIONS.threads)
