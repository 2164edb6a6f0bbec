// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/diff/job_index.hpp>
#include <qsnap/diff/line_index.hpp>
#include <qsnap/diff/matching.hpp>
#include <qsnap/diff/rule_book.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::merge {

/// No ordinal. An ordinal is a job's position among all jobs of a document.
inline constexpr std::uint32_t k_none = UINT32_MAX;

/// What a side made of a job of base.
enum class Fate : std::uint8_t {
  same,     ///< the line is the same, to the byte
  noise,    ///< the meaning is the same
  changed,  ///< the meaning is another one, the place is the same
  moved,    ///< the queue or state is another one
  gone,
};

/// A job and its id as plain text, as one side has it.
struct JobId {
  std::string queue;
  std::string id;
};

/// What is kept of a job whose line has no equal on the other side: 16 bytes.
struct JobFacts {
  std::uint32_t ordinal = 0;
  std::uint32_t place : 30 = 0;
  std::uint32_t is_numbered : 1 = 0;  ///< its id is a number, which a counter may give again
  std::uint32_t has_origin : 1 = 0;   ///< its id is no schedule's slot, and one run alone gave it that id or its time
  std::uint64_t id = 0;               ///< hash of queue and id; 0: it has none, or no body
};

/// A job that refers to another one which must be there.
struct Reference {
  std::uint32_t ordinal = 0;  ///< of the job that refers
  std::uint64_t target = 0;   ///< as JobFacts::id
};

/// How the jobs of base and of one side belong together. Chunks that are equal are not decoded.
class JobLineage {
 public:
  /// What all lineages of one merge share. Must outlive them.
  struct Tools {
    const model::PayloadReader& payloads;
    const diff::KeyedHash& hash;
    const diff::RuleBook& book;
    const diff::JobHasher& hasher;
    diff::Places& places;
    const Progress& progress;
  };
  static Result<JobLineage> trace(const model::RecordSource& base, const model::RecordSource& side, const Tools& tools);

  /// REQUIRES: an ordinal of base, of the side
  [[nodiscard]] Fate fate(std::uint32_t base) const { return m_fates[base]; }
  [[nodiscard]] std::uint32_t side_of(std::uint32_t base) const { return m_to_side[base]; }
  [[nodiscard]] std::uint32_t base_of(std::uint32_t side) const { return m_to_base[side]; }
  /// No identity of base lives on: jobs are known by their meaning and likeness alone.
  [[nodiscard]] bool is_captured_anew() const { return m_is_captured_anew; }
  [[nodiscard]] std::uint32_t jobs() const { return static_cast<std::uint32_t>(m_to_base.size()); }

  /// Jobs whose lines differ, of base and of the side, ascending.
  [[nodiscard]] const std::vector<JobFacts>& base_facts() const { return m_base_facts; }
  [[nodiscard]] const std::vector<JobFacts>& side_facts() const { return m_side_facts; }
  /// Null where the line has an equal one.
  [[nodiscard]] const JobFacts* base_facts(std::uint32_t ordinal) const;
  [[nodiscard]] const JobFacts* side_facts(std::uint32_t ordinal) const;
  /// What is new on the side, with what it takes to find it on the other one. `line` is an ordinal.
  [[nodiscard]] const std::vector<diff::JobEntry>& added() const { return m_added; }
  /// Ordinals of base, ascending: jobs that stayed in their place but not in their order.
  [[nodiscard]] const std::vector<std::uint32_t>& reordered() const { return m_reordered; }
  /// A job that has another id on the side.
  struct Renamed {
    std::uint32_t base = 0;
    JobId before;
    JobId after;
  };
  /// Those that base and the side both have, by ordinal of base, ascending. Reads the records again.
  Result<std::vector<Renamed>> find_renamed(const model::PayloadReader& payloads);
  /// Whether a job of the side whose line differs refers to others.
  [[nodiscard]] bool has_references() const { return m_has_references; }
  /// Of jobs of the side whose lines differ.
  [[nodiscard]] const std::vector<Reference>& references() const { return m_references; }
  /// The highest number among the ids of such jobs, by queue.
  [[nodiscard]] const std::map<std::string, std::int64_t, std::less<>>& highest_ids() const { return m_highest; }

  /// Those of base's and of the side's records that were decoded.
  diff::LineIndex& base_lines() { return m_lines.before; }
  diff::LineIndex& side_lines() { return m_lines.after; }

  /// The hash of a job's id, as JobFacts has it.
  static std::uint64_t id_hash(const diff::KeyedHash& hash, std::string_view queue, std::string_view id);

 private:
  struct Read;
  explicit JobLineage(diff::SectionLines lines) : m_lines(std::move(lines)) {}

  Result<Read> read(const Tools& tools);
  Result<void> note_references(const model::Record& record, std::uint32_t ordinal, const Tools& tools);
  Result<void> part_different_jobs(const model::RecordSource& base, const Read& read, diff::Matching& matching);
  Result<bool> goes_on(const model::RecordSource& base, const Read& read, const diff::Matching& matching);
  Result<bool> equal_line_goes_on();
  Result<bool> equal_chunk_goes_on(const model::RecordSource& base) const;
  void connect_same(const model::RecordSource& base, const model::RecordSource& side);
  void connect_pairs(const Read& read, const diff::Matching& matching, const Tools& tools);
  void find_reordered(const Read& read, const diff::Matching& matching);

  diff::SectionLines m_lines;
  std::vector<std::uint32_t> m_to_side;
  std::vector<std::uint32_t> m_to_base;
  std::vector<Fate> m_fates;
  std::vector<JobFacts> m_base_facts;
  std::vector<JobFacts> m_side_facts;
  std::vector<diff::JobEntry> m_added;
  std::vector<std::uint32_t> m_reordered;
  std::vector<Reference> m_references;
  bool m_has_references = false;
  bool m_is_captured_anew = false;
  std::map<std::string, std::int64_t, std::less<>> m_highest;
};

}  // namespace qsnap::merge
