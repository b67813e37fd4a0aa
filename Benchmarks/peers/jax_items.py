# Part of toylab. Licensed under Apache-2.0; see LICENSE.
"""The mathematics of the benchmark's items in JAX.

Losses are means over rows and coordinates of flow matching plus self-distillation for the linear interpolant,
x_t = (1 - t) x + t z, v_c = z - x, f(x; t, s) = x - (t - s) F(x; t, s). Points are [rows, d], times [rows, 1].
The precision is that of the parameters and the batch.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from jax_networks import (
    Network, Parameters, TransformerShape, perceptron, perceptron_parameters, transformer,
    transformer_parameters)
from jax_unet import UNetShape, convolution, unet, unet_parameters

LEARNING_RATE, BETA1, BETA2, EPSILON = 2e-3, 0.9, 0.999, 1e-8
MODE_DEVIATION = 0.25
# Of a central difference in place of a tangent, in time.
DIFFERENCE_STEP = 0.005


class Batch(NamedTuple):
    """Data x, noise z and times t >= s."""

    data: jax.Array
    noise: jax.Array
    time: jax.Array
    end_time: jax.Array


# --- Losses -----------------------------------------------------------------------------------------------


def isd_loss(
    network: Network, parameters: Parameters, batch: Batch, tangent: str = "exact"
) -> jax.Array:
    """Flow matching plus |F - sg(F + D_v f)|^2 with v = sg F(x_t; t, t); F + D_v f = v - (t - s) dF.

    The tangent dF along (v, 1, 0) is exact, or a central difference.
    """
    x, z, t, s = batch
    noisy = (1 - t) * x + t * z
    diagonal = network(parameters, noisy, t, t)
    velocity = lax.stop_gradient(diagonal)
    if tangent == "exact":
        field, change = jax.jvp(
            lambda x, t: network(parameters, x, t, s), (noisy, t), (velocity, jnp.ones_like(t)))
    elif tangent == "difference":
        field, frozen = network(parameters, noisy, t, s), lax.stop_gradient(parameters)

        def moved(by):
            return network(frozen, noisy + by * velocity, t + by, s)

        change = (moved(DIFFERENCE_STEP) - moved(-DIFFERENCE_STEP)) / (2 * DIFFERENCE_STEP)
    else:
        raise ValueError(f"tangent {tangent!r} is neither exact nor difference")
    residual = field - lax.stop_gradient(velocity - (t - s) * change)
    return jnp.mean((diagonal - (z - x)) ** 2 + residual**2)


def esd_loss(network: Network, parameters: Parameters, batch: Batch) -> jax.Array:
    """Flow matching plus |d_t f + sg(grad_x f . v)|^2: only the spatial derivative is stopped."""
    x, z, t, s = batch
    noisy = (1 - t) * x + t * z
    diagonal = network(parameters, noisy, t, t)
    velocity = lax.stop_gradient(diagonal)
    field, rate = jax.jvp(lambda t: network(parameters, noisy, t, s), (t,), (jnp.ones_like(t),))
    _, along = jax.jvp(
        lambda x: network(lax.stop_gradient(parameters), x, t, s), (noisy,), (velocity,))
    residual = lax.stop_gradient(velocity - (t - s) * along) - field - (t - s) * rate
    return jnp.mean((diagonal - (z - x)) ** 2 + residual**2)


LOSSES = {"isd": isd_loss, "esd": esd_loss}


def hessian_product(
    network: Network, parameters: Parameters, direction: Parameters, batch: Batch
) -> tuple[jax.Array, Parameters]:
    """The iSD loss, and the derivative of its gradient along a direction (targets frozen)."""
    gradient = jax.value_and_grad(lambda p: isd_loss(network, p, batch))
    (loss, _), (_, product) = jax.jvp(gradient, (parameters,), (direction,))
    return loss, product


# --- Batches ----------------------------------------------------------------------------------------------


def draw_times(key: jax.Array, rows: int) -> tuple[jax.Array, jax.Array]:
    """Times uniform on the triangle s <= t."""
    pair = jax.random.uniform(key, (rows, 2))
    first, second = pair[:, :1], pair[:, 1:]
    return jnp.maximum(first, second), jnp.minimum(first, second)


def draw_points(key: jax.Array, rows: int) -> Batch:
    """Points of four Gaussians at (+-1, +-1), noise and times."""
    centers, normals, times = jax.random.split(key, 3)
    center = jax.random.rademacher(centers, (rows, 2), jnp.float32)
    normal = jax.random.normal(normals, (rows, 4))
    return Batch(center + MODE_DEVIATION * normal[:, :2], normal[:, 2:], *draw_times(times, rows))


def draw_images(key: jax.Array, rows: int, pixels: int) -> Batch:
    """Images of normal numbers, noise and times."""
    normals, times = jax.random.split(key)
    normal = jax.random.normal(normals, (2, rows, pixels))
    return Batch(normal[0], normal[1], *draw_times(times, rows))


# --- Steps ------------------------------------------------------------------------------------------------


class Training(NamedTuple):
    """What a training step carries: parameters, Adam's moments, steps made, the key of the draws."""

    parameters: Parameters
    first: Parameters
    second: Parameters
    count: jax.Array
    key: jax.Array


def training(parameters: Parameters, key: jax.Array) -> Training:
    def zeros():
        return jax.tree.map(jnp.zeros_like, parameters)

    return Training(parameters, zeros(), zeros(), jnp.zeros((), jnp.int32), key)


def adam(state: Training, gradient: Parameters) -> Training:
    """One update with bias-corrected moments."""
    count = state.count + 1
    steps = count.astype(jnp.float32)
    first = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, state.first, gradient)
    second = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, state.second, gradient)
    rate = LEARNING_RATE / (1 - BETA1**steps)
    scale = lax.rsqrt(1 - BETA2**steps)
    parameters = jax.tree.map(
        lambda p, m, v: p - rate * m / (jnp.sqrt(v) * scale + EPSILON), state.parameters, first, second)
    return Training(parameters, first, second, count, state.key)


def training_step(
    network: Network, loss: Callable, draw: Callable[[jax.Array], Batch]
) -> Callable[[Training], tuple[Training, jax.Array]]:
    """Draws a batch, differentiates the loss and updates the parameters."""

    def step(state):
        batch = draw(jax.random.fold_in(state.key, state.count))
        value, gradient = jax.value_and_grad(lambda p: loss(network, p, batch))(state.parameters)
        return adam(state, gradient), value

    return step


class Product(NamedTuple):
    """What a Hessian-vector product carries; the last product is part of it, so that each one is computed."""

    parameters: Parameters
    direction: Parameters
    batch: Batch
    product: Parameters


def product_step(network: Network) -> Callable[[Product], tuple[Product, jax.Array]]:
    """One product. The first bias moves by nothing that matters: without a dependence of one product on the one
    before, a compiler may take their common parts out of a loop."""

    def step(state):
        loss, product = hessian_product(network, state.parameters, state.direction, state.batch)
        (weight, bias), *others = state.parameters
        parameters = [(weight, bias + 1e-30 * product[0][1]), *others]
        return Product(parameters, state.direction, state.batch, product), loss

    return step


class Convolution(NamedTuple):
    """What a convolution with both gradients carries; the last results are part of it, so that each is computed."""

    image: jax.Array
    kernel: jax.Array
    direction: jax.Array
    results: tuple[jax.Array, jax.Array, jax.Array]


def convolution_step(state: Convolution) -> tuple[Convolution, jax.Array]:
    """A convolution, and the gradients of its image and kernel along the direction. One number of the image and one of
    the kernel move by nothing that matters but needs every result, as in ``product_step``."""
    output, pullback = jax.vjp(convolution, state.image, state.kernel)
    results = (output, *pullback(state.direction))
    moved = 1e-30 * sum(result[0, 0, 0, 0] for result in results)
    moving = Convolution(
        state.image.at[0, 0, 0, 0].add(moved), state.kernel.at[0, 0, 0, 0].add(moved),
        state.direction, results)
    return moving, moved


def images_network(work: dict) -> tuple[Network, int, Callable[[jax.Array], Parameters]]:
    """The network of a transformer or a U-Net, the numbers of its images, and its initial parameters of a key."""
    if work["kind"] == "tit":
        shape = TransformerShape(
            work["channels"], work["imageSize"], work["patch"], work["width"], work["depth"],
            work["heads"])
        return transformer(shape), shape.pixels, lambda key: transformer_parameters(key, shape)
    shape = unet_shape(work)
    return unet(shape), shape.pixels, lambda key: unet_parameters(key, shape)


def unet_shape(work: dict) -> UNetShape:
    return UNetShape(
        work["channels"], work["imageSize"], tuple(work["blockChannels"]), work["layersPerBlock"],
        work["groups"], work["attentionLevels"], work["heads"], work["embeddingWidth"],
        work["timeFeatures"])


def item_step(work: dict, rows: int) -> tuple[Callable, Any]:
    """The step of an item and the state it starts from."""
    kind = work["kind"]
    start, draws, other = jax.random.split(jax.random.key(0), 3)
    if kind in ("tit", "unet"):
        network, pixels, initial = images_network(work)
        loss = partial(isd_loss, tangent=work["tangent"])
        step = training_step(network, loss, lambda key: draw_images(key, rows, pixels))
        return step, training(initial(start), draws)
    if kind == "conv":
        size, channels = work["imageSize"], work["channels"]
        image, direction = jax.random.normal(draws, (2, rows, size, size, channels))
        kernel = jax.random.normal(start, (3, 3, channels, channels))
        zeros = tuple(jnp.zeros_like(x) for x in (image, image, kernel))
        return convolution_step, Convolution(image, kernel, direction, zeros)
    if kind not in ("isd", "esd", "hvp"):
        raise ValueError(f"kind {kind!r} is none of isd, esd, hvp, tit, unet, conv")
    network = perceptron(work["activation"])
    parameters = perceptron_parameters(start, work["width"], work["depth"])
    if kind == "hvp":
        direction = perceptron_parameters(other, work["width"], work["depth"])
        zeros = jax.tree.map(jnp.zeros_like, parameters)
        return product_step(network), Product(parameters, direction, draw_points(draws, rows), zeros)
    step = training_step(network, LOSSES[kind], lambda key: draw_points(key, rows))
    return step, training(parameters, draws)
