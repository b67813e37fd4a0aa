// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// What can go wrong with the program a benchmark compares against.
enum PeerError: Error, Equatable, CustomStringConvertible {
  /// The script is not there.
  case noScript(path: String)
  /// No Python can be started under this name.
  case noPython(path: String)
  /// The process ended or stopped answering in lines of JSON; `detail` is the last it wrote to standard
  /// error, or the line that was no answer.
  case ended(python: String, detail: String)
  /// The process answered a request with an error.
  case refused(request: String, text: String)
  /// Its loss or gradient is not ours; the difference is relative to the largest entry.
  case disagrees(item: String, quantity: String, difference: Double, tolerance: Double)

  var description: String {
    switch self {
    case .noScript(let path):
      return
        "--peer-script \(path): there is no such file; it comes with the repository as "
        + "Benchmarks/peers/jax_steps.py, so run from the repository's folder or name its path"
    case .noPython(let path):
      return
        "--python \(path): it cannot be started; accepted is the path of a Python 3 with JAX, such as "
        + "one made by: python3 -m venv peer && peer/bin/pip install jax"
    case .ended(let python, let detail):
      let advice =
        detail.contains("jax")
        ? "; JAX comes with: \(python) -m pip install jax" : ""
      return "the peer program ended without an answer: \(detail)\(advice)"
    case .refused(let request, let text):
      return "the peer program could not \(request): \(text)"
    case .disagrees(let item, let quantity, let difference, let tolerance):
      return
        "the peer program computes another \(quantity) of \(item): the relative difference is "
        + "\(difference), at most \(tolerance) is accepted, so times cannot be compared"
    }
  }
}
