// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/driver/textconv_output.hpp>

/// The form of a printed snapshot. Commas, line ends and what a terminal must not see are the business of these; names
/// are UTF-8, JSON is canonical.
namespace qsnap::driver {

/// The block of one record: an object of one member, whose name is the label.
class RecordText {
 public:
  /// `output` must outlive this.
  explicit RecordText(TextOutput& output) : m_output(output) {}

  void begin(std::string_view label);
  Result<void> field(std::string_view name, std::string_view json);
  /// A field whose value is an array with each element on one line, however long.
  void begin_rows(std::string_view name);
  Result<void> row(std::string_view json);
  void end_rows();
  void end();

 private:
  void begin_field(std::string_view name);

  TextOutput& m_output;
  std::size_t m_fields = 0;
  std::size_t m_rows = 0;
};

/// The whole: an object of members, some of them sections, which are arrays of records.
class SectionText {
 public:
  /// `output` must outlive this.
  explicit SectionText(TextOutput& output) : m_output(output) {}

  Result<void> member(std::string_view name, std::string_view json);
  void begin(std::string_view name);
  /// What stands before each record's block.
  void next_record();
  void end();
  void end_all();

 private:
  void begin_member(std::string_view name);

  TextOutput& m_output;
  std::size_t m_members = 0;
  std::size_t m_records = 0;  ///< in the section
};

/// Blocks of jobs whose order means nothing, in an order of their own that ids and instants do not disturb. Where ids
/// are counters, it is theirs: a program that runs again makes its jobs in the same order, and in most queues jobs run
/// in it, so that one that went on to another state is found near its old place. Elsewhere it is by label, by payload,
/// which stays the same through a job's life, and by all the rest. Holds some 16 MiB; of more, each 16 MiB are sorted
/// alone.
class UnorderedBlocks {
 public:
  UnorderedBlocks() : m_record(m_output) {}
  UnorderedBlocks(const UnorderedBlocks&) = delete;
  UnorderedBlocks& operator=(const UnorderedBlocks&) = delete;

  /// To print one block with; then end_record(), with the job's id if that is a counter, or 0.
  [[nodiscard]] RecordText& record() { return m_record; }
  void end_record(std::int64_t counter) { m_ends.push_back({m_output.text().size(), counter}); }

  [[nodiscard]] bool is_full() const;
  /// Prints them, and is empty again.
  Result<void> print(SectionText& section, TextOutput& output);

 private:
  struct BlockEnd {
    std::size_t end = 0;  ///< of the block in the text
    std::int64_t counter = 0;
  };

  TextOutput m_output;
  RecordText m_record;
  std::vector<BlockEnd> m_ends;
};

}  // namespace qsnap::driver
