# Part of toylab. Licensed under Apache-2.0; see LICENSE.
"""Perceptron and transformer of the benchmark's items in JAX.

Networks take parameters, points [rows, d] and two times [rows, 1], and keep the precision of the first two.
"""

from __future__ import annotations

import math
from typing import Any, Callable, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

Parameters = Any
Network = Callable[[Parameters, jax.Array, jax.Array, jax.Array], jax.Array]

RMS_EPSILON = 1e-6
TIME_FEATURES = 256


# --- Perceptron -------------------------------------------------------------------------------------------


def silu(x: jax.Array) -> jax.Array:
    return jax.nn.silu(x)


def exact_gelu(x: jax.Array) -> jax.Array:
    return jax.nn.gelu(x, approximate=False)


ACTIVATIONS = {"silu": silu, "gelu": exact_gelu, "tanh": jnp.tanh}


def perceptron(activation: str) -> Network:
    """The network on [x, t, s]; parameters are a list of (weight [in, out], bias [out])."""
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation {activation!r} is none of {', '.join(ACTIVATIONS)}")
    activate = ACTIVATIONS[activation]

    def network(parameters, x, t, s):
        hidden = jnp.concatenate([x, t, s], axis=1)
        for weight, bias in parameters[:-1]:
            hidden = activate(hidden @ weight + bias)
        weight, bias = parameters[-1]
        return hidden @ weight + bias

    return network


def perceptron_sizes(width: int, depth: int) -> list[tuple[int, int]]:
    """Inputs and outputs of each layer of a network in two dimensions."""
    sizes = [4] + [width] * depth + [2]
    return list(zip(sizes[:-1], sizes[1:]))


def perceptron_parameters(key: jax.Array, width: int, depth: int) -> Parameters:
    """Weights of variance 1/in, biases of zero."""
    sizes = perceptron_sizes(width, depth)
    return [
        (jax.random.normal(own, (inputs, outputs)) / math.sqrt(inputs), jnp.zeros(outputs))
        for own, (inputs, outputs) in zip(jax.random.split(key, len(sizes)), sizes)
    ]


# --- Transformer ------------------------------------------------------------------------------------------


class TransformerShape(NamedTuple):
    """Sizes of a transformer on square images, cut into square patches."""

    channels: int
    size: int
    patch: int
    width: int
    depth: int
    heads: int

    @property
    def side(self) -> int:
        return self.size // self.patch

    @property
    def head(self) -> int:
        return self.width // self.heads

    @property
    def hidden(self) -> int:
        return 8 * self.width // 3

    @property
    def pixels(self) -> int:
        return self.channels * self.size**2


def rms_norm(x: jax.Array) -> jax.Array:
    return x * lax.rsqrt(jnp.mean(x * x, axis=-1, keepdims=True) + RMS_EPSILON)


def inverse_frequencies(count: int) -> jax.Array:
    return jnp.asarray([10_000.0 ** (-i / count) for i in range(count)])


def linear(layer: Parameters, x: jax.Array) -> jax.Array:
    return x @ layer["weight"] + layer["bias"]


def grid_positions(side: int) -> tuple[jax.Array, jax.Array]:
    """Rows and columns of the tokens, [tokens, 1] each."""
    tokens = jnp.arange(side * side)[:, None]
    return tokens // side, tokens % side


def position_embedding(shape: TransformerShape) -> jax.Array:
    """Sines and cosines of the column, then of the row, [tokens, width], rounded to single precision."""
    rows, columns = grid_positions(shape.side)
    frequencies = inverse_frequencies(shape.width // 4)
    parts = [f(p * frequencies) for p in (columns, rows) for f in (jnp.sin, jnp.cos)]
    features = jnp.concatenate(parts, axis=1)
    return features.astype(jnp.float32).astype(features.dtype)


def rotation(shape: TransformerShape) -> Callable[[jax.Array], jax.Array]:
    """The rotary embedding of [..., tokens, head]: neighbouring pairs turn, half by row, half by column."""
    rows, columns = grid_positions(shape.side)
    frequencies = inverse_frequencies(shape.head // 4)
    angles = jnp.concatenate([rows * frequencies, columns * frequencies], axis=1)
    cosine, sine = jnp.cos(angles), jnp.sin(angles)

    def rotated(x):
        even, odd = x[..., 0::2], x[..., 1::2]
        turned = [even * cosine - odd * sine, odd * cosine + even * sine]
        return jnp.stack(turned, axis=-1).reshape(x.shape)

    return rotated


def transformer(shape: TransformerShape) -> Network:
    """The transformer with adaLN-zero on images [rows, channels * size * size].

    Parameters are a dictionary of layers by the names of published checkpoints, weights [in, out].
    """
    side, patch, channels = shape.side, shape.patch, shape.channels
    tokens_count = side * side
    positions, rotated = position_embedding(shape), rotation(shape)

    def time_embedding(parameters, name, t):
        angles = t * inverse_frequencies(TIME_FEATURES // 2)
        features = jnp.concatenate([jnp.cos(angles), jnp.sin(angles)], axis=1)
        hidden = silu(linear(parameters[name + ".mlp.0"], features))
        return linear(parameters[name + ".mlp.2"], hidden)

    def attention(qkv_layer, projection, x):
        rows = x.shape[0]
        qkv = linear(qkv_layer, x).reshape(rows, tokens_count, 3, shape.heads, shape.head)
        query, key, value = qkv.transpose(2, 0, 3, 1, 4)  # a tenth faster than heads behind tokens
        query, key = rotated(rms_norm(query)), rotated(rms_norm(key))
        scores = jnp.einsum("bhnd,bhmd->bhnm", query, key) / math.sqrt(shape.head)
        mixed = jnp.einsum("bhnm,bhmd->bhnd", jax.nn.softmax(scores), value)
        mixed = mixed.transpose(0, 2, 1, 3).reshape(rows, tokens_count, shape.width)
        return linear(projection, mixed)

    def block(parameters, name, tokens, modulation):
        parts = linear(parameters[name + ".adaLN_modulation.1"], modulation)[:, None, :]
        shift1, scale1, gate1, shift2, scale2, gate2 = jnp.split(parts, 6, axis=-1)
        x = rms_norm(tokens) * (1 + scale1) + shift1
        tokens = tokens + gate1 * attention(
            parameters[name + ".attn.qkv"], parameters[name + ".attn.proj"], x)
        x = rms_norm(tokens) * (1 + scale2) + shift2
        gate, value = jnp.split(linear(parameters[name + ".mlp.w12"], x), 2, axis=-1)
        return tokens + gate2 * linear(parameters[name + ".mlp.w3"], silu(gate) * value)

    def network(parameters, x, t, s, condition=None):
        rows = x.shape[0]
        patches = x.reshape(rows, channels, side, patch, side, patch)
        patches = patches.transpose(0, 2, 4, 1, 3, 5).reshape(rows, tokens_count, -1)
        tokens = linear(parameters["x_embedder.proj"], patches) + positions
        embedding = time_embedding(parameters, "t_embedder", t)
        embedding = embedding + time_embedding(parameters, "s_embedder", s)
        modulation = silu(embedding if condition is None else embedding + condition)
        for index in range(shape.depth):
            tokens = block(parameters, f"blocks.{index}", tokens, modulation)
        final = linear(parameters["final_layer.adaLN_modulation.1"], modulation)[:, None, :]
        shift, scale = jnp.split(final, 2, axis=-1)
        output = linear(
            parameters["final_layer.linear"], rms_norm(tokens) * (1 + scale) + shift)
        output = output.reshape(rows, side, side, patch, patch, channels)
        return output.transpose(0, 5, 1, 3, 2, 4).reshape(rows, -1)

    return network


def transformer_parameters(key: jax.Array, shape: TransformerShape) -> Parameters:
    """Glorot weights in the blocks, deviation 0.02 in the time embeddings, zero in modulations and output."""
    width, hidden, patch_size = shape.width, shape.hidden, shape.channels * shape.patch**2

    def glorot(own, size):
        bound = math.sqrt(6 / sum(size))
        return jax.random.uniform(own, size, minval=-bound, maxval=bound)

    def narrow(own, size):
        return 0.02 * jax.random.normal(own, size)

    def zero(_, size):
        return jnp.zeros(size)

    layers = [("x_embedder.proj", (patch_size, width), glorot)]
    for name in ("t_embedder", "s_embedder"):
        layers.append((name + ".mlp.0", (TIME_FEATURES, width), narrow))
        layers.append((name + ".mlp.2", (width, width), narrow))
    for name in (f"blocks.{index}" for index in range(shape.depth)):
        layers.append((name + ".attn.qkv", (width, 3 * width), glorot))
        layers.append((name + ".attn.proj", (width, width), glorot))
        layers.append((name + ".mlp.w12", (width, 2 * hidden), glorot))
        layers.append((name + ".mlp.w3", (hidden, width), glorot))
        layers.append((name + ".adaLN_modulation.1", (width, 6 * width), zero))
    layers.append(("final_layer.adaLN_modulation.1", (width, 2 * width), zero))
    layers.append(("final_layer.linear", (width, patch_size), zero))
    keys = jax.random.split(key, len(layers))
    return {
        name: {"weight": start(own, size), "bias": jnp.zeros(size[1])}
        for own, (name, size, start) in zip(keys, layers)
    }
