// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// How often a classifier gives samples the class they were asked for.
public struct ClassAgreement: Sendable, Equatable, Codable {
  /// The share of all samples.
  public let accuracy: Estimate
  /// For each class the share of the samples asked for it; nil where there are none.
  public let recalls: [Estimate?]
  /// How often each class was given, whatever was asked for: modes that are missing show here.
  public let given: [Int]

  /// - Parameters:
  ///   - predicted: the class that the classifier gives each sample, from 0 to below `classCount`.
  ///   - wanted: the class each was asked for.
  /// - Precondition: as many as each other, one at least, within the classes.
  public init(predicted: [Int], wanted: [Int], classCount: Int) {
    precondition(
      predicted.count == wanted.count && !wanted.isEmpty,
      "\(predicted.count) classes given for \(wanted.count)")
    var hits = [Int](repeating: 0, count: classCount)
    var asked = hits
    var given = hits
    for (guess, label) in zip(predicted, wanted) {
      precondition(
        (0..<classCount).contains(guess) && (0..<classCount).contains(label),
        "classes \(guess) and \(label) of \(classCount)")
      asked[label] += 1
      given[guess] += 1
      if guess == label { hits[label] += 1 }
    }
    accuracy = Estimate(share: hits.reduce(0, +), of: wanted.count)
    recalls = zip(hits, asked).map { $1 > 0 ? Estimate(share: $0, of: $1) : nil }
    self.given = given
  }
}
