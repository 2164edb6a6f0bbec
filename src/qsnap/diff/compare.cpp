// SPDX-License-Identifier: Apache-2.0
#include <iterator>

#include <qsnap/base/text.hpp>
#include <qsnap/config/path_pattern.hpp>
#include <qsnap/diff/compare.hpp>
#include <qsnap/diff/comparison.hpp>

namespace qsnap::diff {

namespace {

using Counts = std::map<std::string, std::uint64_t>;

/// {"waiting":3,"waiting-children":1}
Result<Counts> read_counts(std::string_view json, const model::PayloadReader& payloads) {
  QSNAP_ASSIGN(const auto leaves, payloads.leaves(json));
  Counts counts;
  for (const model::PayloadReader::Leaf& leaf : leaves) {
    const auto steps = config::parse_path(leaf.path);
    const auto count = parse_integer(leaf.json);
    if (steps && steps->size() == 1 && count && *count >= 0) {
      counts[steps->front().name] = static_cast<std::uint64_t>(*count);
    }
  }
  return counts;
}

/// Jobs per state of every queue of one side, as its queue records tell them.
Result<std::map<std::string, Counts>> queue_counts(const model::RecordSource& source,
                                                   const model::PayloadReader& payloads) {
  std::map<std::string, Counts> queues;
  QSNAP_TRY(for_each_record(source, model::Section::queues, [&](const model::Record& record) -> Result<void> {
    if (const auto json = record.fields.find("counts")) {
      QSNAP_ASSIGN(queues[plain_member(record, "queue", payloads)], read_counts(*json, payloads));
    }
    return {};
  }));
  return queues;
}

Result<std::map<std::string, QueueCounts>> both_counts(const Comparison& comparison) {
  QSNAP_ASSIGN(auto before, queue_counts(comparison.before, comparison.payloads));
  QSNAP_ASSIGN(auto after, queue_counts(comparison.after, comparison.payloads));
  std::map<std::string, QueueCounts> queues;
  for (auto& [queue, counts] : before) {
    queues[queue].before = std::move(counts);
  }
  for (auto& [queue, counts] : after) {
    queues[queue].after = std::move(counts);
  }
  return queues;
}

void append(std::vector<Change>& list, std::vector<Change> more) {
  list.insert(list.end(), std::move_iterator{more.begin()}, std::move_iterator{more.end()});
}

}  // namespace

Result<Changes> compare(const model::RecordSource& before, const model::RecordSource& after,
                        const config::Config& rules, const model::PayloadReader& payloads, const Progress& progress,
                        const CompareOptions& options) {
  if (before.root() == after.root()) {
    return Changes{};
  }
  RuleBook book{rules, payloads, {before.metadata().captured_at, after.metadata().captured_at}, options.ignored};
  const KeyedHash hash = KeyedHash::with_random_key();
  const Comparison comparison{before, after, payloads, book, hash, progress, options};
  Changes changes;
  QSNAP_ASSIGN(changes.queues, both_counts(comparison));
  QSNAP_ASSIGN(JobChanges jobs, compare_jobs(comparison, renamed_queues(changes.queues)));
  changes.list = std::move(jobs.list);
  changes.aliases = std::move(jobs.aliases);
  for (const model::Section section : {model::Section::queues, model::Section::workers, model::Section::config}) {
    QSNAP_ASSIGN(std::vector<Change> more, compare_records(comparison, section));
    append(changes.list, std::move(more));
  }
  QSNAP_ASSIGN(std::vector<Change> keys, compare_keys(comparison));
  append(changes.list, std::move(keys));
  book.finish(changes);
  return changes;
}

}  // namespace qsnap::diff
