// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Tensors

/// What the second derivative of a loss with stop-gradients can mean.
public enum Curvature: String, CaseIterable, Sendable, Codable {
  /// The Hessian of the loss with its targets frozen: how the loss of this step bends. Symmetric.
  case frozenHessian
  /// The Jacobian of the update field `θ ↦ g(θ)`, whose targets move with `θ`: how training moves.
  /// In general not symmetric.
  case updateJacobian

  /// What a derivative of the update does at a stop-gradient.
  public var stopGradients: StopGradientPolicy {
    switch self {
    case .frozenHessian: return .blocked
    case .updateJacobian: return .crossed
    }
  }
}
