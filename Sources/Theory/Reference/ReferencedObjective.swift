// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps

/// The objectives a reference file has values of, under their names there.
enum ReferencedObjective: String, CaseIterable {
  case flowMatching
  case directFull
  case directSemi
  case eulerianFull
  case eulerianSemi
  case improvedSelfDistillation
  case improvedSelfDistillationFiniteDifference
  case eulerianSelfDistillation
  case lagrangianSelfDistillation
  case progressiveSelfDistillationMidpoint

  var objective: Objective {
    switch self {
    case .flowMatching: return .flowMatching
    case .directFull: return .directFull
    case .directSemi: return .directSemi
    case .eulerianFull: return .eulerianFull
    case .eulerianSemi: return .eulerianSemi
    case .improvedSelfDistillation, .improvedSelfDistillationFiniteDifference:
      return .improvedSelfDistillation
    case .eulerianSelfDistillation: return .eulerianSelfDistillation
    case .lagrangianSelfDistillation: return .lagrangianSelfDistillation
    case .progressiveSelfDistillationMidpoint: return .progressiveSelfDistillationMidpoint
    }
  }

  var tangent: TangentMethod {
    self == .improvedSelfDistillationFiniteDifference
      ? .centralDifference(step: 0.005) : .exact
  }
}

/// The keys under "objectives": each objective, and the weighted loss.
enum ObjectiveKey: CodingKey, CaseIterable {
  case plain(ReferencedObjective)
  case adaptive

  static let adaptiveName = "adaptiveImprovedSelfDistillation"

  static var allCases: [ObjectiveKey] {
    ReferencedObjective.allCases.map { .plain($0) } + [.adaptive]
  }

  var stringValue: String {
    switch self {
    case .plain(let objective): return objective.rawValue
    case .adaptive: return Self.adaptiveName
    }
  }

  var intValue: Int? { nil }

  init?(stringValue: String) {
    guard let key = Self.allCases.first(where: { $0.stringValue == stringValue }) else {
      return nil
    }
    self = key
  }

  init?(intValue: Int) { return nil }
}

/// The losses whose second derivatives a reference file has.
enum ReferencedCurvature: String, CodingKey, CaseIterable {
  case directFull
  case flowMatchingPlusImprovedSelfDistillation

  /// The objectives whose sum, as squared norms a sample, is differentiated.
  var objectives: [Objective] {
    switch self {
    case .directFull: return [.directFull]
    case .flowMatchingPlusImprovedSelfDistillation:
      return [.flowMatching, .improvedSelfDistillation]
    }
  }
}

/// The losses among them with targets that move; those of the others' updates are their Hessians.
enum MovingTarget: String, CodingKey, CaseIterable {
  case flowMatchingPlusImprovedSelfDistillation
}

/// A key that names a loss.
protocol CurvatureName {
  var curvature: ReferencedCurvature { get }
}

extension ReferencedCurvature: CurvatureName {
  var curvature: ReferencedCurvature { self }
}

extension MovingTarget: CurvatureName {
  var curvature: ReferencedCurvature {
    switch self {
    case .flowMatchingPlusImprovedSelfDistillation:
      return .flowMatchingPlusImprovedSelfDistillation
    }
  }
}
