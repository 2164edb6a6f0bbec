// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <qsnap/frameworks/adapter.hpp>
#include <qsnap/frameworks/bullmq/keys.hpp>
#include <qsnap/frameworks/bullmq/options.hpp>
#include <qsnap/model/item_block.hpp>

namespace qsnap::frameworks::bullmq {

/// The records of one prefix into keys. Structures are written in pieces as their jobs come; only the schedulers'
/// runs wait for the end, because records come in another order than the zset has.
class BullmqRebuild final : public Rebuild {
 public:
  explicit BullmqRebuild(std::string prefix) : m_prefix(std::move(prefix)) {}

  Result<void> add(const model::Record& record, model::KeySink& sink) override;
  Result<void> finish(model::KeySink& sink) override;
  [[nodiscard]] std::optional<model::LoadStage> stage(std::string_view key) const override;
  [[nodiscard]] KeyTopic topic(std::string_view key) const override;

  [[nodiscard]] bool is_active(std::string_view state) const override;
  Result<void> follow(const LoadPolicy& policy, model::Record& record) override;
  Result<KeyFate> follow_key(const LoadPolicy& policy, const VerbatimPart& part) override;
  [[nodiscard]] bool can_pause() const override { return true; }

  [[nodiscard]] Counters counters(std::string_view queue) const override;
  Result<void> fit_queue(const model::Record& target_queue, model::Record& job) const override;

 private:
  /// What is known of a queue before its last record.
  struct Queue {
    std::string base;
    std::set<std::string, std::less<>> verbatim;  ///< words of the structures that are verbatim keys
    std::vector<std::pair<double, std::string>> runs;
    bool paused = false;
    State waits_in = State::waiting;  ///< where a job goes that runs next
    std::uint64_t requeued = 0;       ///< by a policy
    bool merged = false;              ///< workers may wait for jobs
    model::ItemBlock stalled;         ///< ids that the framework shall find without a lock
  };
  /// The piece of a structure that is not written yet.
  struct Piece {
    const Queue* queue = nullptr;
    State state = State::orphan;
    model::ItemBlock items;
  };

  Result<Queue*> find_queue(const model::Record& record);
  Result<void> add_scheduler(const model::Record& record, Queue& queue, model::KeySink& sink);
  Result<void> add_queue(const model::Record& record, Queue& queue, model::KeySink& sink);
  Result<void> add_job(const model::Record& record, const Queue& queue, model::KeySink& sink);
  Result<void> add_body(const model::Record& record, const Queue& queue, std::string_view id, model::KeySink& sink);
  Result<void> add_to_structure(const model::Record& record, const Queue& queue, State state, std::string_view id,
                                model::KeySink& sink);
  Result<void> write_piece(model::KeySink& sink);
  Result<void> follow_job(const LoadPolicy& policy, model::Record& job);
  static bool can_move(const Queue& queue, State from);
  static Result<void> requeue(Queue& queue, model::Record& job);
  static Result<void> note_verbatim(const model::Record& record, Queue& queue);
  static Result<void> write_runs(Queue& queue, model::KeySink& sink);
  static Result<void> write_policy_keys(const Queue& queue, model::KeySink& sink);

  std::string m_prefix;
  std::map<std::string, Queue, std::less<>> m_queues;  ///< by the JSON of their text
  std::string m_last_text;
  Queue* m_last = nullptr;  ///< into m_queues
  Piece m_piece;
  OptionsWriter m_options;
};

}  // namespace qsnap::frameworks::bullmq
