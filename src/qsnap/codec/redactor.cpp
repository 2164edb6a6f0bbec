// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/spool.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/codec/record_json.hpp>
#include <qsnap/codec/record_redactor.hpp>
#include <qsnap/codec/redactor.hpp>

namespace qsnap::codec {

namespace {

using model::Record;
using model::Section;

std::string queue_of(const Record& record) {
  const auto json = record.fields.find("queue");
  return json ? json_to_bytes(*json).value_or(std::string{*json}) : std::string{};
}

/// Jobs that have to wait until all of them are there, because their queues' ids are sorted in another way now.
class HeldJobs {
 public:
  Result<void> add(const Record& job) {
    if (!m_spool) {
      QSNAP_ASSIGN(m_spool, Spool::create());
    }
    QSNAP_ASSIGN(const SpoolRef ref, m_spool->append(format_record(job)));
    m_queues[queue_of(job)].push_back(ref);
    return {};
  }

  Result<void> hand_over(model::RecordSink& out) {
    for (const auto& [queue, jobs] : m_queues) {
      for (const SpoolRef ref : jobs) {
        QSNAP_ASSIGN(const std::string line, m_spool->read(ref));
        QSNAP_ASSIGN(const Record job, parse_record(Section::jobs, line));
        QSNAP_TRY(out.add(job));
      }
    }
    m_queues.clear();
    m_spool.reset();
    return {};
  }

 private:
  std::optional<Spool> m_spool;
  std::map<std::string, std::vector<SpoolRef>> m_queues;
};

}  // namespace

struct Redactor::State {
  State(const Redaction& redaction, model::RecordSink& sink) : redactor(redaction), out(sink) {}

  Result<void> write(const Record& record) {
    if (record.section > Section::jobs) {
      QSNAP_TRY(held.hand_over(out));
    }
    if (record.section != Section::jobs) {
      return out.add(record);
    }
    if (holds_jobs) {
      return held.add(record);
    }
    std::string queue = queue_of(record);
    if (queue < last_queue) {
      return make_error(ErrorCode::refused, "the id of a queue without a record of its own looks like a secret",
                        {"leave that queue out with --queue, or switch the value shape off in config.yaml"});
    }
    last_queue = std::move(queue);
    return out.add(record);
  }

  RecordRedactor redactor;
  model::RecordSink& out;
  bool holds_jobs = false;  ///< some queue has another id now; known before the first job, as queues come first
  HeldJobs held;
  std::string last_queue;
};

Redactor::Redactor(const Redaction& redaction, model::RecordSink& out)
    : m_state(std::make_unique<State>(redaction, out)) {}
Redactor::Redactor(Redactor&&) noexcept = default;
Redactor::~Redactor() = default;

Result<void> Redactor::add(const Record& record) {
  QSNAP_ASSIGN(const std::optional<Record> redacted, m_state->redactor.redact(record));
  if (!redacted) {
    return m_state->write(record);
  }
  if (record.section < Section::jobs && record.fields.find("queue") != redacted->fields.find("queue")) {
    m_state->holds_jobs = true;
  }
  return m_state->write(*redacted);
}

Result<void> Redactor::finish() {
  return m_state->held.hand_over(m_state->out);
}

Result<model::Metadata> redacted_metadata(const Redaction& redaction, model::Metadata metadata) {
  const TextRedactor texts{redaction.rules, redaction.key};
  const auto is_secret = [&](const std::string& text) { return texts.shapes(text).has_value(); };
  for (const auto* words : {&metadata.scope.prefixes, &metadata.scope.queues}) {
    if (std::any_of(words->begin(), words->end(), is_secret)) {
      return make_error(ErrorCode::refused, "a prefix or queue that is to be captured looks like a secret itself",
                        {"choose a wider --prefix, or switch the value shape off under redact: in config.yaml"});
    }
  }
  for (const model::ForcedFramework& forced : metadata.scope.frameworks) {
    if (is_secret(forced.name_space)) {
      return make_error(ErrorCode::refused, "a namespace that is given to --framework looks like a secret itself",
                        {"switch the value shape off under redact: in config.yaml"});
    }
  }
  metadata.description = texts.shapes(metadata.description).value_or(metadata.description);
  for (std::string& tag : metadata.tags) {
    tag = texts.shapes(tag).value_or(tag);
  }
  std::sort(metadata.tags.begin(), metadata.tags.end());
  metadata.tags.erase(std::unique(metadata.tags.begin(), metadata.tags.end()), metadata.tags.end());
  for (model::FrameworkInfo& framework : metadata.frameworks) {
    framework.name_space = texts.shapes(framework.name_space).value_or(framework.name_space);
  }
  metadata.redaction_key_id = redaction.key.id();
  return metadata;
}

std::string redacted_words(const Redaction& redaction, std::string_view text) {
  return TextRedactor{redaction.rules, redaction.key}.shapes(text).value_or(std::string{text});
}

}  // namespace qsnap::codec
