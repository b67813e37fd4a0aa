// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CKernels

/// Instruction sets the native kernels are built for. Results differ between them by rounding only.
public enum InstructionSet: Int32, CaseIterable, Sendable, Comparable {
  /// The compiler's baseline: SSE2 on x86-64, NEON on arm64.
  case plain = 0
  /// AVX2 and FMA (x86-64-v3).
  case avx2 = 1
  /// AVX-512 (x86-64-v4).
  case avx512 = 2

  /// The one that programs and all other kernels of this process run with: ``best``, unless the environment variable
  /// ``variable`` names a narrower one.
  public static var chosen: InstructionSet { InstructionSet(rawValue: toylab_level()) ?? .plain }

  /// The environment variable that chooses one by its name.
  public static let variable = TOYLAB_LEVEL_VARIABLE

  /// The widest this machine runs.
  public static var best: InstructionSet { InstructionSet(rawValue: toylab_best_level()) ?? .plain }

  /// Those this machine runs, the narrowest first.
  public static var available: [InstructionSet] { allCases.filter { $0 <= best } }

  public static func < (left: InstructionSet, right: InstructionSet) -> Bool {
    left.rawValue < right.rawValue
  }
}
