// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/driver/textconv.hpp>
#include <qsnap/driver/textconv_blocks.hpp>
#include <qsnap/driver/textconv_label.hpp>
#include <qsnap/frameworks/decode/decoding_payload_reader.hpp>
#include <qsnap/model/record.hpp>

namespace qsnap::driver {

/// A snapshot as one JSON value on many lines.
///
/// Records stand in the order of the document, which is the one to compare wherever order carries meaning. Jobs whose
/// order means nothing stand there by generated ids or by instants; the semantic view has neither, so it gives them an
/// order of their own (UnorderedBlocks).
///
/// Memory: a chunk, the record in hand with what is decoded of it, and what UnorderedBlocks holds.
class DocumentText {
 public:
  /// Both must outlive this.
  DocumentText(const codec::SnapshotReader& snapshot, TextView view, TextOutput& output)
      : m_snapshot(snapshot), m_view(view), m_output(output), m_sections(output), m_record(output) {}

  /// Prints all of it. A chunk is checked before anything of it is printed, so what has been printed when there is an
  /// error is true, and only not the whole. Errors as SnapshotReader and TextOutput do.
  Result<void> print();

 private:
  /// A verbatim key whose parts, one record each, become one block.
  struct OpenKey {
    model::Record record;  ///< without the items and the number of the part
    std::int64_t first_part = 0;
    std::int64_t next_part = 0;
  };
  enum class KeyFields : std::uint8_t { before_items, behind_items };

  Result<void> print_head();
  Result<void> print_chunk(std::size_t index);
  void enter_section(std::string_view name);
  Result<void> leave_section();
  Result<void> print_record(model::Record record);
  Result<void> print_block(const model::Record& record, RecordText& text);
  /// Makes `record`'s run of unordered jobs the open one, if it is of one. Whether it is.
  Result<bool> enter_run(const model::Record& record);
  Result<void> leave_run();
  Result<void> print_conflict(std::string_view line);
  Result<void> print_key(model::Record record);
  Result<void> open_key(OpenKey key);
  Result<void> close_key();
  [[nodiscard]] model::Fields key_fields(KeyFields wanted) const;
  Result<void> print_fields(const model::Fields& fields, const Label& label, RecordText& text);
  [[nodiscard]] bool shows(const model::Fields& fields, std::string_view member) const;
  [[nodiscard]] Result<std::string> readable(const model::Fields& fields, const model::Field& field) const;
  [[nodiscard]] Result<std::string> readable_volatiles(const model::Fields& volatiles) const;

  const codec::SnapshotReader& m_snapshot;
  TextView m_view;
  TextOutput& m_output;
  SectionText m_sections;
  RecordText m_record;
  std::string_view m_section;  ///< that is open; empty: none
  UnorderedBlocks m_unordered;
  std::string m_run;  ///< queue and state of the unordered jobs that are held; empty: none
  std::optional<OpenKey> m_key;
  frameworks::decode::DecodingPayloadReader m_payloads;
};

}  // namespace qsnap::driver
