#!/usr/bin/env python3
# Part of toylab. Licensed under Apache-2.0; see LICENSE.
"""The benchmark's items in JAX, float32, for `toylab bench --peer`.

`jax_steps.py --threads N` pins itself to N cores, prints {"ready": true, "name": ..., "threads": N} and answers
lines of JSON, one line each:

  {"prepare": {"name", "kind", "form", "steps", "batch", "width", "depth", ...}}
      compiles the item and warms it up -> {"prepared": name, "loss": ...}
      kind: isd, esd, hvp (with "activation": silu or gelu) or tit (with heads, imageSize, patch, channels)
      form: scan, one compiled loop over all steps, or step, one call of the compiled step after the other
  {"run": {"name", "form"}}
      runs the prepared steps once -> {"name", "form", "seconds", "steps"}
  {"check": {"kind", "width", "depth", "activation", "parameters", "data", "noise", "time", "endTime"}}
      the loss and its gradient at flat parameters (each layer's weight [in, out], then its bias) on one batch
      -> {"loss", "gradient"}
  {"quit": true}

What cannot be done is answered by {"error": ...}, and the process goes on.

`jax_steps.py --check FILE...` compares the mathematics in float64 with reference files of the lab's tests
(objectives.json, transformer.safetensors) and exits with 1 if anything differs by more than 1e-9.

The mathematics is that of theory's iSD and ESD with the linear interpolant: x_t = (1 - t) x + t z, loss = mean
over rows and coordinates of flow matching plus self-distillation, Adam with bias-corrected moments.
"""
import argparse
import json
import math
import os
import struct
import sys
import time


def arguments():
    parser = argparse.ArgumentParser(description="The benchmark's items in JAX.")
    parser.add_argument("--threads", type=int, default=1, help="cores to use (default: 1)")
    parser.add_argument("--check", nargs="+", metavar="FILE", help="compare with reference files")
    return parser.parse_args()


def pin(threads):
    """Limits this process to a number of cores; must come before JAX is imported."""
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, allowed[:threads])
    if threads == 1:
        os.environ["XLA_FLAGS"] = (
            os.environ.get("XLA_FLAGS", "")
            + " --xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1").strip()
    os.environ.setdefault("JAX_PLATFORMS", "cpu")


OPTIONS = arguments() if __name__ == "__main__" else None
if OPTIONS is not None:
    pin(OPTIONS.threads)
    if OPTIONS.check:
        os.environ["JAX_ENABLE_X64"] = "1"

try:
    import jax
    import jax.numpy as jnp
except ImportError as error:
    if OPTIONS is not None and not OPTIONS.check:
        print(json.dumps({"error": f"it cannot import JAX ({error})"}), flush=True)
        sys.exit(1)
    raise

from jax import lax  # noqa: E402

LEARNING_RATE, BETA1, BETA2, EPSILON = 2e-3, 0.9, 0.999, 1e-8
DEVIATION = 0.25  # of the four Gaussians at (+-1, +-1)
ROUNDING = 1e-6  # of every RMSNorm


# --- Networks ---------------------------------------------------------------------------------------------


def perceptron(activation):
    """The network on [x, t, s]; parameters are a list of (weight [in, out], bias)."""
    act = {"silu": jax.nn.silu, "gelu": lambda x: jax.nn.gelu(x, approximate=False)}[activation]

    def network(parameters, x, t, s):
        hidden = jnp.concatenate([x, t, s], axis=1)
        for weight, bias in parameters[:-1]:
            hidden = act(hidden @ weight + bias)
        weight, bias = parameters[-1]
        return hidden @ weight + bias

    return network


def perceptron_parameters(key, width, depth):
    sizes = [4] + [width] * depth + [2]
    keys = jax.random.split(key, depth + 1)
    return [
        (jax.random.normal(k, (m, n)) / math.sqrt(m), jnp.zeros(n))
        for k, m, n in zip(keys, sizes[:-1], sizes[1:])
    ]


def rms_norm(x):
    return x * lax.rsqrt(jnp.mean(x * x, axis=-1, keepdims=True) + ROUNDING)


def inverse_frequencies(count):
    return jnp.asarray([10000.0 ** (-i / count) for i in range(count)])


def transformer(channels, size, patch, width, depth, heads):
    """The transformer on images [rows, channels * size * size]; parameters are a dictionary by name, weights
    [in, out]."""
    side = size // patch
    count, head = side * side, width // heads
    rows, columns = jnp.repeat(jnp.arange(side), side), jnp.tile(jnp.arange(side), side)

    def features(positions):
        angles = positions[:, None] * inverse_frequencies(width // 4)
        return jnp.concatenate([jnp.sin(angles), jnp.cos(angles)], axis=1)

    positions = jnp.concatenate([features(columns), features(rows)], axis=1)
    positions = positions.astype(jnp.float32).astype(positions.dtype)
    turns = inverse_frequencies(head // 4)
    angles = jnp.concatenate([rows[:, None] * turns, columns[:, None] * turns], axis=1)
    cosine, sine = jnp.cos(angles)[:, None, :], jnp.sin(angles)[:, None, :]

    def rotated(x):  # [B, N, heads, head], by neighbouring pairs
        even, odd = x[..., 0::2], x[..., 1::2]
        turned = jnp.stack([even * cosine - odd * sine, odd * cosine + even * sine], axis=-1)
        return turned.reshape(x.shape)

    def network(parameters, x, t, s, condition=None):
        def linear(name, x):
            return x @ parameters[name + ".weight"] + parameters[name + ".bias"]

        def time_embedding(name, t):
            angles = t * inverse_frequencies(128)
            both = jnp.concatenate([jnp.cos(angles), jnp.sin(angles)], axis=1)
            return linear(name + ".mlp.2", jax.nn.silu(linear(name + ".mlp.0", both)))

        batch = x.shape[0]
        patches = x.reshape(batch, channels, side, patch, side, patch)
        patches = patches.transpose(0, 2, 4, 1, 3, 5).reshape(batch, count, -1)
        tokens = linear("x_embedder.proj", patches) + positions
        embedding = time_embedding("t_embedder", t) + time_embedding("s_embedder", s)
        if condition is not None:
            embedding = embedding + condition
        modulation = jax.nn.silu(embedding)
        for index in range(depth):
            name = f"blocks.{index}"
            parts = linear(name + ".adaLN_modulation.1", modulation)[:, None, :]
            shift1, scale1, gate1, shift2, scale2, gate2 = jnp.split(parts, 6, axis=-1)
            u = rms_norm(tokens) * (1 + scale1) + shift1
            qkv = linear(name + ".attn.qkv", u).reshape(batch, count, 3, heads, head)
            query, key = rotated(rms_norm(qkv[:, :, 0])), rotated(rms_norm(qkv[:, :, 1]))
            scores = jnp.einsum("bnhd,bmhd->bhnm", query, key) / math.sqrt(head)
            mixed = jnp.einsum("bhnm,bmhd->bnhd", jax.nn.softmax(scores), qkv[:, :, 2])
            mixed = mixed.reshape(batch, count, width)
            tokens = tokens + gate1 * linear(name + ".attn.proj", mixed)
            u = rms_norm(tokens) * (1 + scale2) + shift2
            gate, value = jnp.split(linear(name + ".mlp.w12", u), 2, axis=-1)
            tokens = tokens + gate2 * linear(name + ".mlp.w3", jax.nn.silu(gate) * value)
        shift, scale = jnp.split(
            linear("final_layer.adaLN_modulation.1", modulation)[:, None, :], 2, axis=-1)
        output = linear("final_layer.linear", rms_norm(tokens) * (1 + scale) + shift)
        output = output.reshape(batch, side, side, patch, patch, channels)
        return output.transpose(0, 5, 1, 3, 2, 4).reshape(batch, -1)

    return network


def transformer_parameters(key, channels, patch, width, depth):
    hidden, elements = 8 * width // 3, channels * patch * patch
    layers = [("x_embedder.proj", elements, width, "glorot")]
    for name in ("t_embedder", "s_embedder"):
        layers += [(name + ".mlp.0", 256, width, 0.02), (name + ".mlp.2", width, width, 0.02)]
    for index in range(depth):
        layers += [
            (f"blocks.{index}.attn.qkv", width, 3 * width, "glorot"),
            (f"blocks.{index}.attn.proj", width, width, "glorot"),
            (f"blocks.{index}.mlp.w12", width, 2 * hidden, "glorot"),
            (f"blocks.{index}.mlp.w3", hidden, width, "glorot"),
            (f"blocks.{index}.adaLN_modulation.1", width, 6 * width, 0.0),
        ]
    layers += [
        ("final_layer.adaLN_modulation.1", width, 2 * width, 0.0),
        ("final_layer.linear", width, elements, 0.0),
    ]
    parameters = {}
    for name, m, n, start in layers:
        key, own = jax.random.split(key)
        if start == "glorot":
            bound = math.sqrt(6 / (m + n))
            weight = jax.random.uniform(own, (m, n), minval=-bound, maxval=bound)
        else:
            weight = start * jax.random.normal(own, (m, n))
        parameters[name + ".weight"], parameters[name + ".bias"] = weight, jnp.zeros(n)
    return parameters


# --- Losses -----------------------------------------------------------------------------------------------


def stopped(tree):
    return jax.tree_util.tree_map(lax.stop_gradient, tree)


def isd_loss(network, parameters, x, z, t, s):
    """Flow matching plus ||F - sg(F + D_v f)||^2, where F + D_v f = v - (t - s) dF."""
    noisy, conditional = (1 - t) * x + t * z, z - x
    diagonal = network(parameters, noisy, t, t)
    velocity = lax.stop_gradient(diagonal)
    field, tangent = jax.jvp(
        lambda x, t: network(parameters, x, t, s), (noisy, t), (velocity, jnp.ones_like(t)))
    target = lax.stop_gradient(velocity - (t - s) * tangent)
    return jnp.mean(jnp.square(diagonal - conditional) + jnp.square(field - target))


def esd_loss(network, parameters, x, z, t, s):
    """Flow matching plus ||d_t f + sg(grad_x f . v)||^2."""
    noisy, conditional = (1 - t) * x + t * z, z - x
    diagonal = network(parameters, noisy, t, t)
    velocity = lax.stop_gradient(diagonal)
    field, rate = jax.jvp(lambda t: network(parameters, noisy, t, s), (t,), (jnp.ones_like(t),))
    fixed = stopped(parameters)
    _, transport = jax.jvp(lambda x: network(fixed, x, t, s), (noisy,), (velocity,))
    transport = lax.stop_gradient(velocity - (t - s) * transport)
    residual = transport - field - (t - s) * rate
    return jnp.mean(jnp.square(diagonal - conditional) + jnp.square(residual))


# --- Steps ------------------------------------------------------------------------------------------------


def draw_times(key, rows):
    pair = jax.random.uniform(key, (rows, 2))
    return jnp.max(pair, axis=1, keepdims=True), jnp.min(pair, axis=1, keepdims=True)


def draw_points(key, rows):
    place, spread, noise, times = jax.random.split(key, 4)
    centre = jnp.where(jax.random.bernoulli(place, shape=(rows, 2)), 1.0, -1.0)
    x = centre + DEVIATION * jax.random.normal(spread, (rows, 2))
    return x, jax.random.normal(noise, (rows, 2)), *draw_times(times, rows)


def draw_images(dimension):
    def draw(key, rows):
        data, noise, times = jax.random.split(key, 3)
        x, z = (jax.random.normal(k, (rows, dimension)) for k in (data, noise))
        return x, z, *draw_times(times, rows)

    return draw


def training_step(network, loss, draw, batch):
    """A step on (parameters, first moment, second moment, step, key)."""

    def step(state):
        parameters, first, second, count, key = state
        sample = draw(jax.random.fold_in(key, count), batch)
        value, gradient = jax.value_and_grad(lambda p: loss(network, p, *sample))(parameters)
        count = count + 1
        correction1 = 1 - BETA1 ** count.astype(jnp.float32)
        correction2 = 1 - BETA2 ** count.astype(jnp.float32)
        tree_map = jax.tree_util.tree_map
        first = tree_map(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, gradient)
        second = tree_map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, gradient)
        rate = LEARNING_RATE / correction1
        root = lax.rsqrt(correction2)
        parameters = tree_map(
            lambda p, m, v: p - rate * m / (jnp.sqrt(v) * root + EPSILON), parameters, first, second)
        return (parameters, first, second, count, key), value

    return step


def training_state(parameters):
    def zeros():
        return jax.tree_util.tree_map(jnp.zeros_like, parameters)

    return parameters, zeros(), zeros(), jnp.zeros((), jnp.int32), jax.random.PRNGKey(1)


def product(network, parameters, direction, sample):
    """The derivative of the iSD gradient along a direction."""
    gradient = jax.grad(lambda p: isd_loss(network, p, *sample))
    return jax.jvp(gradient, (parameters,), (direction,))[1]


def product_step(network):
    """A product on (parameters, direction, sample). The result moves the direction by next to nothing, so that
    no product of a loop can be left out."""

    def step(state):
        parameters, direction, sample = state
        result = product(network, parameters, direction, sample)
        moved = jax.tree_util.tree_map(lambda d, r: d + 1e-30 * r, direction, result)
        return (parameters, moved, sample), result[-1][1][0]

    return step


def item_step(item):
    """The step of an item and its first state."""
    kind, batch = item["kind"], item["batch"]
    if kind == "tit":
        sizes = item["channels"], item["imageSize"], item["patch"]
        network = transformer(*sizes, item["width"], item["depth"], item["heads"])
        parameters = transformer_parameters(
            jax.random.PRNGKey(0), item["channels"], item["patch"], item["width"], item["depth"])
        draw = draw_images(item["channels"] * item["imageSize"] ** 2)
        return training_step(network, isd_loss, draw, batch), training_state(parameters)
    network = perceptron(item["activation"])
    parameters = perceptron_parameters(jax.random.PRNGKey(0), item["width"], item["depth"])
    if kind == "hvp":
        direction = perceptron_parameters(jax.random.PRNGKey(2), item["width"], item["depth"])
        sample = draw_points(jax.random.PRNGKey(3), batch)
        return product_step(network), (parameters, direction, sample)
    loss = {"isd": isd_loss, "esd": esd_loss}[kind]
    return training_step(network, loss, draw_points, batch), training_state(parameters)


class Prepared:
    """A compiled item in one form."""

    def __init__(self, item):
        step, self.state = item_step(item)
        self.name, self.form, self.steps = item["name"], item["form"], item["steps"]
        if self.form == "scan":
            steps = self.steps

            def many(state):
                state, values = lax.scan(lambda s, _: step(s), state, None, length=steps)
                return state, values[-1]

            self.call, self.calls = jax.jit(many, donate_argnums=0), 1
        elif self.form == "step":
            self.call, self.calls = jax.jit(step, donate_argnums=0), self.steps
        else:
            raise ValueError(f"form {self.form} is neither scan nor step")
        self.value = None
        self.run()  # compiles
        self.run()

    def run(self):
        start = time.perf_counter()
        state = self.state
        for _ in range(self.calls):
            state, value = self.call(state)
        jax.block_until_ready((state, value))
        seconds = time.perf_counter() - start
        self.state, self.value = state, float(value)
        return seconds


# --- The protocol -----------------------------------------------------------------------------------------


def layers_of(flat, width, depth):
    sizes, layers, start = [4] + [width] * depth + [2], [], 0
    flat = jnp.asarray(flat)
    for m, n in zip(sizes[:-1], sizes[1:]):
        weight = flat[start:start + m * n].reshape(m, n)
        layers.append((weight, flat[start + m * n:start + m * n + n]))
        start += (m + 1) * n
    if start != flat.size:
        raise ValueError(f"{flat.size} parameters for a network of {start}")
    return layers


def flattened(layers):
    return jnp.concatenate([p.reshape(-1) for layer in layers for p in layer])


def check_batch(request):
    network = perceptron(request["activation"])
    parameters = layers_of(request["parameters"], request["width"], request["depth"])
    x, z = (jnp.asarray(request[k]).reshape(-1, 2) for k in ("data", "noise"))
    t, s = (jnp.asarray(request[k]).reshape(-1, 1) for k in ("time", "endTime"))
    loss = {"isd": isd_loss, "esd": esd_loss}[request["kind"]]
    value, gradient = jax.value_and_grad(lambda p: loss(network, p, x, z, t, s))(parameters)
    return {"loss": float(value), "gradient": flattened(gradient).tolist()}


def serve(threads):
    def answer(reply):
        print(json.dumps(reply), flush=True)

    prepared = {}
    answer({"ready": True, "name": f"jax {jax.__version__}", "threads": threads})
    for line in sys.stdin:
        try:
            request = json.loads(line)
            if "quit" in request:
                return
            if "prepare" in request:
                item = Prepared(request["prepare"])
                prepared[item.name, item.form] = item
                answer({"prepared": item.name, "loss": item.value})
            elif "run" in request:
                key = request["run"]["name"], request["run"]["form"]
                item = prepared[key]
                seconds = item.run()
                answer({"name": key[0], "form": key[1], "seconds": seconds, "steps": item.steps})
            elif "check" in request:
                answer(check_batch(request["check"]))
            else:
                answer({"error": f"{sorted(request)} holds no request"})
        except Exception as error:  # told to the other side, which decides
            answer({"error": f"{type(error).__name__}: {error}"})


# --- Checks against reference files -----------------------------------------------------------------------


def relative(value, expected):
    value, expected = jnp.asarray(value).reshape(-1), jnp.asarray(expected).reshape(-1)
    return float(jnp.max(jnp.abs(value - expected)) / jnp.max(jnp.abs(expected)))


def check_objectives(path):
    """Means of both terms over two coordinates, so half of the file's sums of squared norms."""
    with open(path) as file:
        records = [r for r in json.load(file) if r["interpolant"] == "linear"]
    for record in records:
        def layers(part):
            return [(jnp.asarray(layer["w"]), jnp.asarray(layer["b"])) for layer in part]

        network, parameters = perceptron("silu"), layers(record["parameters"])
        x, z = jnp.asarray(record["x"]), jnp.asarray(record["z"])
        t, s = (jnp.asarray(record[k]).reshape(-1, 1) for k in ("t", "s"))
        matching = record["objectives"]["flowMatching"]
        for name, key, loss in (("iSD", "improvedSelfDistillation", isd_loss),
                                ("ESD", "eulerianSelfDistillation", esd_loss)):
            term = record["objectives"][key]
            value, gradient = jax.value_and_grad(
                lambda p: loss(network, p, x, z, t, s))(parameters)
            yield name + " loss", relative(value, (matching["mean"] + term["mean"]) / 2)
            yield name + " gradient", relative(
                flattened(gradient),
                (flattened(layers(matching["gradient"])) + flattened(layers(term["gradient"]))) / 2)
        result = product(network, parameters, layers(record["direction"]), (x, z, t, s))
        expected = layers(record["hessianVectorProduct"]["flowMatchingPlusImprovedSelfDistillation"])
        yield "iSD Hessian-vector product", relative(flattened(result), flattened(expected) / 2)


def safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        body = file.read()
    config = json.loads(header.pop("__metadata__")["config"])
    dtypes = {"F64": jnp.float64, "I64": jnp.int64}
    return config, {
        name: jnp.frombuffer(body[slice(*e["data_offsets"])], dtypes[e["dtype"]]).reshape(e["shape"])
        for name, e in header.items()
    }


def check_transformer(path):
    config, tensors = safetensors(path)

    def named(prefix):
        parts = {n[len(prefix):]: v for n, v in tensors.items() if n.startswith(prefix)}
        parts.pop("pos_embed", None)
        table = parts.pop("y_embedder.embedding_table.weight")
        return {n: v.reshape(len(v), -1).T if v.ndim > 1 else v for n, v in parts.items()}, table

    parameters, table = named("parameter.")
    gradients, _ = named("gradient.")
    network = transformer(
        config["in_channels"], config["input_size"], config["patch_size"], config["hidden_size"],
        config["depth"], config["num_heads"])
    rows = len(tensors["x"])
    x, along, cotangent = (tensors[k].reshape(rows, -1) for k in ("x", "tangent", "cotangent"))
    t, s = tensors["t"].reshape(-1, 1), tensors["s"].reshape(-1, 1)
    condition = table[tensors["classes"]]
    output, tangent = jax.jvp(
        lambda x, t: network(parameters, x, t, s, condition), (x, t), (along, jnp.ones_like(t)))
    gradient = jax.grad(
        lambda p: jnp.sum(network(p, x, t, s, condition) * cotangent))(parameters)
    yield "transformer output", relative(output, tensors["output"])
    yield "transformer tangent", relative(tangent, tensors["outputTangent"])
    yield "transformer gradients", max(relative(gradient[n], gradients[n]) for n in gradients)


def check(paths):
    agrees = True
    for path in paths:
        rule = check_transformer if path.endswith(".safetensors") else check_objectives
        for quantity, error in rule(path):
            agrees = agrees and error < 1e-9
            print(f"{quantity:30} largest relative error {error:.1e}")
    return 0 if agrees else 1


if __name__ == "__main__":
    if OPTIONS.check:
        sys.exit(check(OPTIONS.check))
    serve(OPTIONS.threads)
