// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <qsnap/frameworks/adapter.hpp>
#include <qsnap/frameworks/bullmq/options.hpp>
#include <qsnap/frameworks/bullmq/queue.hpp>

namespace qsnap::frameworks::bullmq {

/// All queues of one prefix, at work. Structures are read by the first plan().
class BullmqReading final : public Reading {
 public:
  /// `version` as meta tells it, without "bullmq:". The keyspace must outlive the reading.
  BullmqReading(const model::Keyspace& keyspace, std::string prefix, std::vector<std::string> queues,
                std::string version);

  [[nodiscard]] model::FrameworkInfo info() const override;
  [[nodiscard]] std::vector<std::string> evidence() const override;
  Result<void> plan(KeyPlan& plan) override;
  Result<void> emit(model::Section section, const KeyPlan& plan, model::RecordSink& sink) override;

 private:
  Result<void> read_queues();
  void plan_queue(const QueueImage& queue, KeyPlan& plan);
  /// Whether the plan lets our records rebuild this key.
  [[nodiscard]] bool is_ours(model::KeyId key, const KeyPlan& plan) const;

  Result<void> emit_schedulers(const QueueImage& queue, const KeyPlan& plan, model::RecordSink& sink) const;
  Result<void> emit_queue(const QueueImage& queue, const KeyPlan& plan, model::RecordSink& sink) const;
  Result<void> emit_jobs(const QueueImage& queue, const KeyPlan& plan, model::RecordSink& sink) const;
  Result<void> describe_bodiless(const QueueImage& queue, const Entry& job, const KeyPlan& plan,
                                 model::Record& record) const;
  Result<void> describe_body(const QueueImage& queue, const Entry& job, const KeyPlan& plan, OptionsReader& options,
                             model::Record& record) const;
  Result<void> describe_settings(const QueueImage& queue, const KeyPlan& plan, model::Record& record) const;
  [[nodiscard]] std::vector<std::string_view> verbatim_words(const QueueImage& queue, const KeyPlan& plan) const;

  const model::Keyspace& m_keyspace;
  std::string m_prefix;
  std::vector<std::string> m_names;
  std::string m_version;
  std::vector<QueueImage> m_queues;  ///< sorted by text
  bool m_read = false;
  std::vector<bool> m_ours;  ///< by key: what the last plan let us model
};

}  // namespace qsnap::frameworks::bullmq
