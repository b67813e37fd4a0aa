// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// What a parameter is in its network. Optimisers treat roles differently: weight decay may spare all but
/// matrices, and orthogonalised momentum is defined for matrices alone.
public enum ParameterRole: String, CaseIterable, Sendable {
  /// The matrix of a linear layer, `[inputs, outputs]`: the right operand of a product.
  case matrix
  /// What is added to the outputs of a layer; and coefficients of a learnt weighting.
  case bias
  /// A table of vectors that are looked up by their number, `[entries, width]`.
  case embedding
  /// The scale of a normalisation.
  case norm
}
