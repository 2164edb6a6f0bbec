// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/base/stage.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::app {

/// Hands records on to a sink that works on a thread of its own: in order, in batches, and never more than a few of
/// them ahead. An error of the sink comes back with a later record, or from finish().
class RecordStage final : public model::RecordSink {
 public:
  /// The sink must outlive the stage, and is the stage's alone until then.
  explicit RecordStage(model::RecordSink& sink);

  Result<void> add(const model::Record& record) override { return take(record); }
  Result<void> take(model::Record record) override;
  /// After the last record: waits until the sink has them all.
  Result<void> finish();

 private:
  using Batch = std::vector<model::Record>;

  Result<void> hand_over();

  Batch m_batch;
  std::size_t m_batch_bytes = 0;
  Stage<Batch> m_stage;
};

}  // namespace qsnap::app
