// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/report/diff_faces.hpp>
#include <qsnap/report/diff_report.hpp>
#include <qsnap/report/output.hpp>
#include <qsnap/report/set_owner.hpp>
#include <qsnap/report/style.hpp>

namespace qsnap::report {

struct InvariantView {
  std::string name, file, found;
  int line = 0;
  bool holds = true;
  bool vacuous = false;
  std::vector<std::string> examples;
  std::uint64_t breaking_jobs = 0;
};

/// What `git qsnap assert` says. Texts are plain bytes, and hostile.
struct AssertView {
  std::string name;  ///< empty: contracts alone
  bool holds = true;
  std::string result;  ///< "as-expected", "written", "rewritten", "missing", "different"
  std::string mode, mode_reason;
  std::string test;
  std::string pending;            ///< path; empty: nothing is pending
  std::optional<SetOwner> owner;  ///< of the snapshot that there is now
  std::optional<SnapshotDiff> diff;
  std::vector<InvariantView> contract;
  std::vector<std::string> warnings;
  std::vector<std::string> hints;  ///< the commands to go on with: git qsnap review, accept NAME
  std::uint64_t captures = 1;
  std::uint64_t waited_ms = 0;
  std::uint64_t jobs = 0, queues = 0, file_bytes = 0;
  std::string fingerprint;  ///< 32 bytes
};

/// A difference queue by queue, without a heading: at most some 40 lines unless `options.detail` is full.
[[nodiscard]] std::string short_diff_text(const SnapshotDiff& diff, const FaceOptions& options);
/// One line for whoever reviews: "2 jobs added, 1 payload changed"; "new: 12 jobs in 3 queues". Plain bytes.
[[nodiscard]] std::string summary_words(const diff::Changes& changes);
[[nodiscard]] std::string new_state_words(std::uint64_t jobs, std::uint64_t queues);
/// What is said of a snapshot that nobody will read.
[[nodiscard]] std::string oversize_words(std::uint64_t bytes, std::uint64_t most);

/// {"schema":"qsnap.assert/1","ok":…,"name":…,"result":…,"message":…,"diff":…,…}, schemas/v1/assert.schema.json: what
/// every integration reads. "message" is what assert_text() says without colours, whole, for a test runner to show.
Result<void> write_assert_json(const AssertView& view, const FaceOptions& options, const Output& out);
/// At most some 40 lines of difference unless `options.detail` is full.
Result<void> write_assert_text(const AssertView& view, const FaceOptions& options, const Output& out);

}  // namespace qsnap::report
