// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/config/config.hpp>
#include <qsnap/merge/findings.hpp>
#include <qsnap/model/id_rewriter.hpp>
#include <qsnap/model/snapshot.hpp>

/// Three states in, one state out: docs/merge.md has the algebra.
namespace qsnap::merge {

/// What is merged. Not owned; all of it must outlive the merge. Without a base everything is new on both sides.
struct Sides {
  const model::RecordSource* base = nullptr;
  const model::RecordSource& ours;
  const model::RecordSource& theirs;
};

/// What a merge needs from others. Not owned; must outlive the merge.
struct Ports {
  const model::PayloadReader& payloads;
  const model::IdRewriter& ids;
};

/// A merge that is decided and not yet written. It holds some bytes for each job, and the records of what is in
/// conflict; records of jobs and keys are read again when it is written. One thread.
class Merge {
 public:
  Merge(Merge&&) noexcept;
  ~Merge();

  [[nodiscard]] const model::Metadata& metadata() const;
  /// Not empty: the result is no state that may be loaded.
  [[nodiscard]] const std::vector<Conflict>& conflicts() const;
  /// What was decided, for a journal: how often by each rule, and the first thousand decisions about single records.
  [[nodiscard]] const Findings& findings() const;
  /// Writes the merged records in document order. Can be called once.
  Result<void> write(model::RecordSink& sink);

 private:
  struct State;
  explicit Merge(std::unique_ptr<State> state);
  friend Result<Merge> merge(const Sides&, const config::Config&, const Ports&, const Progress&);

  std::unique_ptr<State> m_state;
};

/// Decides. `config` is that of our side; of it count `merge`, `order` and `tolerance`. Of base and theirs only chunks
/// that differ are decoded, and few more. Errors with `refused` where documents were redacted with different keys, with
/// `limit_exceeded` where conflicts take more than 32 MiB, and as reading does.
Result<Merge> merge(const Sides& sides, const config::Config& config, const Ports& ports, const Progress& progress);

}  // namespace qsnap::merge
