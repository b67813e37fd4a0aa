# Part of toylab. Licensed under Apache-2.0; see LICENSE.
"""The U-Net of the benchmark's items in JAX, and its convolution. Images are [rows, height, width, channels]."""

from __future__ import annotations

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from jax_networks import Network, Parameters, inverse_frequencies, linear, rms_norm, silu

GROUP_EPSILON = 1e-6


class UNetShape(NamedTuple):
    """Sizes of a U-Net on square images; levels go from the finest to the coarsest."""

    channels: int
    size: int
    levels: tuple[int, ...]
    layers: int
    groups: int
    attention_levels: int
    heads: int
    embedding: int
    time_features: int

    @property
    def pixels(self) -> int:
        return self.channels * self.size**2

    def has_attention(self, level: int) -> bool:
        return level >= len(self.levels) - self.attention_levels


class Layer(NamedTuple):
    """A layer's name, the shape of its weight, and the deviation its weight starts with."""

    name: str
    weight: tuple[int, ...]
    deviation: float


def unet_layers(shape: UNetShape) -> list[Layer]:
    """Every layer; the weight of a convolution is [9 inputs, outputs], that of a normalisation [channels]."""
    layers: list[Layer] = []

    def linear_layer(name, inputs, outputs):
        layers.append(Layer(name, (inputs, outputs), 1 / math.sqrt(inputs)))

    def residual(name, inputs, outputs):
        layers.append(Layer(name + ".norm", (inputs,), 0))
        linear_layer(name + ".first", 9 * inputs, outputs)
        layers.append(Layer(name + ".modulation", (shape.embedding, 2 * outputs), 0))
        linear_layer(name + ".second", 9 * outputs, outputs)
        if inputs != outputs:
            linear_layer(name + ".shortcut", inputs, outputs)

    def attention(name, width):
        layers.append(Layer(name + ".norm", (width,), 0))
        for part in ("query", "key", "value", "projection"):
            linear_layer(f"{name}.{part}", width, width)

    def block(name, inputs, outputs, level):
        residual(name, inputs, outputs)
        if shape.has_attention(level):
            attention(name + ".attention", outputs)

    for time in ("time", "endTime"):
        layers.append(Layer(time + ".0", (shape.time_features, shape.embedding), 0.02))
        layers.append(Layer(time + ".1", (shape.embedding, shape.embedding), 0.02))
    finest, coarsest = shape.levels[0], shape.levels[-1]
    linear_layer("first", 9 * shape.channels, finest)
    width = finest
    for level, outputs in enumerate(shape.levels):
        for index in range(shape.layers):
            block(f"down.{level}.{index}", width, outputs, level)
            width = outputs
    residual("middle.0", coarsest, coarsest)
    if shape.attention_levels > 0:
        attention("middle.attention", coarsest)
    residual("middle.1", coarsest, coarsest)
    for level, outputs in reversed(list(enumerate(shape.levels))):
        for index in range(shape.layers):
            block(f"up.{level}.{index}", width + outputs, outputs, level)
            width = outputs
    layers.append(Layer("last.norm", (finest,), 0))
    layers.append(Layer("last", (9 * finest, shape.channels), 0))
    return layers


def unet_parameters(key: jax.Array, shape: UNetShape) -> Parameters:
    """Weights of variance 1/inputs, 0.02 squared for times; ones for normalisations, zeros for modulations and the
    last convolution."""
    layers = unet_layers(shape)
    keys = jax.random.split(key, len(layers))

    def weight(own, layer):
        if len(layer.weight) == 1:
            return jnp.ones(layer.weight)
        return layer.deviation * jax.random.normal(own, layer.weight)

    return {
        layer.name: {"weight": weight(own, layer), "bias": jnp.zeros(layer.weight[-1])}
        for own, layer in zip(keys, layers)
    }


def convolution(image: jax.Array, kernel: jax.Array) -> jax.Array:
    """A convolution that keeps the size of its images, kernel [height, width, channels, features]."""
    return lax.conv_general_dilated(
        image, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))


def group_norm(image: jax.Array, groups: int) -> jax.Array:
    """(x - mean) / sqrt(variance + epsilon) over pixels and the channels of a group.

    Means are taken over pixels first, whose sums have long rows: a third of the time of one sum over both.
    """
    rows, height, width, channels = image.shape
    pixels = image.reshape(rows, height * width, channels)

    def mean(x):
        own = jnp.mean(x, axis=1).reshape(rows, groups, channels // groups)
        joint = jnp.mean(own, axis=2, keepdims=True)
        return jnp.broadcast_to(joint, own.shape).reshape(rows, 1, channels)

    centred = pixels - mean(pixels)
    scale = lax.rsqrt(mean(centred * centred) + GROUP_EPSILON)
    return (centred * scale).reshape(image.shape)


def average_pooled(image: jax.Array) -> jax.Array:
    rows, height, width, channels = image.shape
    return jnp.mean(image.reshape(rows, height // 2, 2, width // 2, 2, channels), axis=(2, 4))


def upsampled(image: jax.Array) -> jax.Array:
    rows, height, width, channels = image.shape
    repeated = jnp.broadcast_to(
        image[:, :, None, :, None, :], (rows, height, 2, width, 2, channels))
    return repeated.reshape(rows, 2 * height, 2 * width, channels)


def unet(shape: UNetShape) -> Network:
    """The U-Net on images [rows, channels * size * size]."""

    def norm(layer, image):
        return group_norm(image, shape.groups) * layer["weight"] + layer["bias"]

    def convolved(layer, image):
        kernel = layer["weight"].reshape(3, 3, image.shape[-1], -1)
        return convolution(image, kernel) + layer["bias"]

    def time_embedding(parameters, name, t):
        angles = t * inverse_frequencies(shape.time_features // 2)
        features = jnp.concatenate([jnp.cos(angles), jnp.sin(angles)], axis=1)
        return linear(parameters[name + ".1"], silu(linear(parameters[name + ".0"], features)))

    def residual(parameters, name, image, condition):
        inner = convolved(
            parameters[name + ".first"], silu(norm(parameters[name + ".norm"], image)))
        parts = linear(parameters[name + ".modulation"], condition)[:, None, None, :]
        shift, scale = jnp.split(parts, 2, axis=-1)
        told = group_norm(inner, shape.groups) * (1 + scale) + shift
        outer = convolved(parameters[name + ".second"], silu(told))
        shortcut = name + ".shortcut"
        return (linear(parameters[shortcut], image) if shortcut in parameters else image) + outer

    def attended(parameters, name, image):
        rows, height, width, channels = image.shape
        pixels = norm(parameters[name + ".norm"], image).reshape(rows, height * width, channels)

        def heads(part):
            x = linear(parameters[f"{name}.{part}"], pixels)
            x = x.reshape(rows, height * width, shape.heads, channels // shape.heads)
            return x.transpose(0, 2, 1, 3)

        query, key, value = rms_norm(heads("query")), rms_norm(heads("key")), heads("value")
        scores = jnp.einsum("bhnd,bhmd->bhnm", query, key) / math.sqrt(channels // shape.heads)
        mixed = jnp.einsum("bhnm,bhmd->bhnd", jax.nn.softmax(scores), value)
        mixed = mixed.transpose(0, 2, 1, 3).reshape(pixels.shape)
        return image + linear(parameters[name + ".projection"], mixed).reshape(image.shape)

    def block(parameters, name, image, condition, level):
        image = residual(parameters, name, image, condition)
        return attended(parameters, name + ".attention", image) if shape.has_attention(level) else image

    def network(parameters, x, t, s):
        rows = x.shape[0]
        condition = silu(
            time_embedding(parameters, "time", t) + time_embedding(parameters, "endTime", s))
        image = x.reshape(rows, shape.channels, shape.size, shape.size).transpose(0, 2, 3, 1)
        hidden, skipped = convolved(parameters["first"], image), []
        for level in range(len(shape.levels)):
            hidden = average_pooled(hidden) if level > 0 else hidden
            for index in range(shape.layers):
                hidden = block(parameters, f"down.{level}.{index}", hidden, condition, level)
                skipped.append(hidden)
        hidden = residual(parameters, "middle.0", hidden, condition)
        if shape.attention_levels > 0:
            hidden = attended(parameters, "middle.attention", hidden)
        hidden = residual(parameters, "middle.1", hidden, condition)
        for level in reversed(range(len(shape.levels))):
            for index in range(shape.layers):
                hidden = jnp.concatenate([hidden, skipped.pop()], axis=-1)
                hidden = block(parameters, f"up.{level}.{index}", hidden, condition, level)
            hidden = upsampled(hidden) if level > 0 else hidden
        output = convolved(parameters["last"], silu(norm(parameters["last.norm"], hidden)))
        return output.transpose(0, 3, 1, 2).reshape(rows, -1)

    return network
