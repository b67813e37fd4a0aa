// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A matrix of second derivatives of a training loss (theory: two curvatures).
public enum Curvature: String, CaseIterable, Sendable, Codable {
  /// The Hessian with the stopped targets frozen. Symmetric.
  case hessian
  /// `Jᵀ H J`, with `J` the Jacobian of the residuals, targets frozen, and `H` the Hessian of the loss as a
  /// function of the residuals. Symmetric; positive semi-definite where the weighting is convex in them.
  case gaussNewton
  /// The Jacobian of the gradient that training follows, the targets moving with the parameters. Not
  /// symmetric. The update is minus that gradient: an eigenvalue with a negative real part grows.
  case updateFieldJacobian

  public var isSymmetric: Bool { self != .updateFieldJacobian }

  /// The name in tables.
  public var label: String {
    switch self {
    case .hessian: return "Hessian, targets frozen"
    case .gaussNewton: return "Gauss–Newton matrix, targets frozen"
    case .updateFieldJacobian: return "Jacobian of the update field, targets moving"
    }
  }
}
