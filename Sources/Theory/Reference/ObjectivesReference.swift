// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Interpolants
import Networks

/// Values, gradients and curvatures of the training objectives as computed by other programs: the JSON
/// format of `objectives.json`, a list of records, one a network and a batch.
public struct ObjectivesReference: Sendable, Decodable {
  let records: [Record]

  /// Reads a JSON file; lengths and times are checked with it.
  public init(contentsOfFile file: String) throws(ReferenceError) {
    try self.init(data: try referenceData(file), file: file)
  }

  init(data: Data, file: String) throws(ReferenceError) {
    self = try decodeReference(ObjectivesReference.self, data, file: file)
  }

  public init(from decoder: any Decoder) throws {
    records = try decoder.singleValueContainer().decode([Record].self)
    if records.isEmpty {
      throw ReferenceFault(decoder.codingPath, .wrongValue(reason: "there is no record"))
    }
  }

  /// One linear layer: a weight `[inputs][outputs]` and a bias `[outputs]`.
  struct Layer: Sendable, Decodable {
    let w: [[Double]]
    let b: [Double]

    enum CodingKeys: String, CodingKey, CaseIterable { case w, b }

    init(from decoder: any Decoder) throws {
      let container = try decoder.exactContainer(keyedBy: CodingKeys.self)
      w = try container.decode([[Double]].self, forKey: .w)
      b = try container.decode([Double].self, forKey: .b)
    }
  }

  /// What one objective must come out as.
  struct Values: Sendable, Decodable {
    /// Squared norms summed over the coordinates.
    let perSample: [Double]
    let mean: Double
    let gradient: [Layer]

    enum CodingKeys: String, CodingKey, CaseIterable { case perSample, mean, gradient }

    init(from decoder: any Decoder) throws {
      let container = try decoder.exactContainer(keyedBy: CodingKeys.self)
      perSample = try container.decode([Double].self, forKey: .perSample)
      mean = try container.decode(Double.self, forKey: .mean)
      gradient = try container.decode([Layer].self, forKey: .gradient)
    }
  }

  /// What the weighted loss must come out as; the reference gives no values a sample.
  struct WeightedValues: Sendable, Decodable {
    let mean: Double
    let gradient: [Layer]

    enum CodingKeys: String, CodingKey, CaseIterable { case mean, gradient }

    init(from decoder: any Decoder) throws {
      let container = try decoder.exactContainer(keyedBy: CodingKeys.self)
      mean = try container.decode(Double.self, forKey: .mean)
      gradient = try container.decode([Layer].self, forKey: .gradient)
    }
  }
}

extension ObjectivesReference {
  /// One network and batch, and what follows from them.
  struct Record: Sendable, Decodable {
    let interpolant: InterpolantKind
    let mixture: GaussianMixture
    let network: MultilayerPerceptron
    let parameters: [Layer]
    let x: [[Double]]
    let z: [[Double]]
    let t: [Double]
    let s: [Double]
    let noisy: [[Double]]
    let conditionalVelocity: [[Double]]
    let marginalVelocity: [[Double]]
    let velocityCovariance: [[[Double]]]
    let field: [[Double]]
    let flowMap: [[Double]]
    let spatialJacobian: [[[Double]]]
    let varianceTerm: [Double]
    let objectives: [ReferencedObjective: Values]
    let adaptive: WeightedValues
    let direction: [Layer]
    let hessianVectorProducts: [ReferencedCurvature: [Layer]]
    let updateFieldJacobianProducts: [ReferencedCurvature: [Layer]]

    enum CodingKeys: String, CodingKey, CaseIterable {
      case interpolant, mixture, hidden, depth, parameters, x, z, t, s
      case noisy = "xt"
      case conditionalVelocity, marginalVelocity, velocityCovariance
      case field = "network"
      case flowMap
      case spatialJacobian = "flowMapSpatialJacobian"
      case varianceTerm, objectives, direction, hessianVectorProduct, updateFieldJacobianProduct
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.exactContainer(keyedBy: CodingKeys.self)
      interpolant = try container.decode(InterpolantKind.self, forKey: .interpolant)
      do {
        mixture = try container.decode(GaussianMixture.self, forKey: .mixture)
      } catch let error as MixtureError {
        throw ReferenceFault(decoder.codingPath + [CodingKeys.mixture], .invalidMixture(error))
      }
      parameters = try container.decode([Layer].self, forKey: .parameters)
      x = try container.decode([[Double]].self, forKey: .x)
      z = try container.decode([[Double]].self, forKey: .z)
      t = try container.decode([Double].self, forKey: .t)
      s = try container.decode([Double].self, forKey: .s)
      noisy = try container.decode([[Double]].self, forKey: .noisy)
      conditionalVelocity = try container.decode([[Double]].self, forKey: .conditionalVelocity)
      marginalVelocity = try container.decode([[Double]].self, forKey: .marginalVelocity)
      velocityCovariance = try container.decode([[[Double]]].self, forKey: .velocityCovariance)
      field = try container.decode([[Double]].self, forKey: .field)
      flowMap = try container.decode([[Double]].self, forKey: .flowMap)
      spatialJacobian = try container.decode([[[Double]]].self, forKey: .spatialJacobian)
      varianceTerm = try container.decode([Double].self, forKey: .varianceTerm)
      direction = try container.decode([Layer].self, forKey: .direction)

      let values = try container.superDecoder(forKey: .objectives)
        .exactContainer(keyedBy: ObjectiveKey.self)
      objectives = try Dictionary(
        uniqueKeysWithValues: ReferencedObjective.allCases.map {
          ($0, try values.decode(Values.self, forKey: .plain($0)))
        })
      adaptive = try values.decode(WeightedValues.self, forKey: .adaptive)
      hessianVectorProducts = try Self.products(
        container.superDecoder(forKey: .hessianVectorProduct), ReferencedCurvature.self)
      updateFieldJacobianProducts = try Self.products(
        container.superDecoder(forKey: .updateFieldJacobianProduct), MovingTarget.self)

      let sizes = (
        hidden: try container.decode(Int.self, forKey: .hidden),
        depth: try container.decode(Int.self, forKey: .depth)
      )
      for (key, size) in [(CodingKeys.hidden, sizes.hidden), (.depth, sizes.depth)]
      where !(1...4096).contains(size) {
        throw ReferenceFault(
          decoder.codingPath + [key],
          .wrongValue(reason: "a size must lie in 1...4096, found \(size)"))
      }
      network = MultilayerPerceptron(
        dimension: mixture.dimension, width: sizes.hidden, depth: sizes.depth)
      if let fault = firstFault {
        throw ReferenceFault(decoder.codingPath + [fault.key], .wrongValue(reason: fault.reason))
      }
    }

    private static func products<Key: CodingKey & CaseIterable & CurvatureName>(
      _ decoder: any Decoder, _ type: Key.Type
    ) throws -> [ReferencedCurvature: [Layer]] {
      let container = try decoder.exactContainer(keyedBy: type)
      return try Dictionary(
        uniqueKeysWithValues: Key.allCases.map {
          ($0.curvature, try container.decode([Layer].self, forKey: $0))
        })
    }
  }
}
