// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <tuple>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/codec/pretty_json.hpp>
#include <qsnap/driver/textconv_blocks.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::driver {

namespace {

constexpr std::size_t k_member_level = 1;
constexpr std::size_t k_record_level = 2;
constexpr std::size_t k_field_level = 3;
constexpr std::size_t k_row_level = 4;

/// Whether every byte is printable ASCII, which harms no terminal. A maximum and no branch in the loop, so that a
/// compiler looks at many bytes at once.
bool is_printable_ascii(std::string_view text) {
  constexpr unsigned char k_first = 0x20, k_last = 0x7E;
  unsigned char farthest = 0;
  for (const char c : text) {
    farthest = std::max(farthest, static_cast<unsigned char>(static_cast<unsigned char>(c) - k_first));
  }
  return farthest <= k_last - k_first;
}

void append_harmless(std::string& out, std::string_view json) {
  if (is_printable_ascii(json)) {
    out += json;
  } else {
    out += report::harmless_json(json);
  }
}

void append_name(std::string& out, std::string_view name) {
  append_harmless(out, json_string(name));
  out += ": ";
}

Result<void> print_value(TextOutput& output, std::string_view json, std::size_t level) {
  const bool harmless = is_printable_ascii(json);
  const std::string escaped = harmless ? std::string{} : report::harmless_json(json);
  codec::PrettyJson pretty{harmless ? json : std::string_view{escaped}, level};
  while (!pretty.at_end()) {
    pretty.append_some(output.text());
    QSNAP_TRY(output.flow());
  }
  return {};
}

/// What blocks are sorted by.
struct SortedBlock {
  std::int64_t counter = 0;
  std::string_view label;
  std::string_view from_payload;  ///< up to the end; empty without one
  std::string_view block;

  friend bool operator<(const SortedBlock& a, const SortedBlock& b) {
    return std::tie(a.counter, a.label, a.from_payload, a.block) <
           std::tie(b.counter, b.label, b.from_payload, b.block);
  }
};

SortedBlock sorted_block(std::int64_t counter, std::string_view block) {
  // Text has no line end within a value, and what is further in has more blanks before it.
  constexpr std::string_view k_payload = "\n      \"payload\": ";
  const std::size_t payload = std::min(block.find(k_payload), block.size());
  const std::size_t label_begin = block.find('{');
  return {counter, block.substr(label_begin, block.find('\n', label_begin) - label_begin), block.substr(payload),
          block};
}

}  // namespace

void RecordText::begin(std::string_view label) {
  codec::append_line_break(m_output.text(), k_record_level);
  m_output.text() += '{';
  append_name(m_output.text(), label);
  m_output.text() += '{';
  m_fields = 0;
}

void RecordText::end() {
  if (m_fields > 0) {
    codec::append_line_break(m_output.text(), k_record_level);
  }
  m_output.text() += "}}";
}

void RecordText::begin_field(std::string_view name) {
  if (m_fields++ > 0) {
    m_output.text() += ',';
  }
  codec::append_line_break(m_output.text(), k_field_level);
  append_name(m_output.text(), name);
}

Result<void> RecordText::field(std::string_view name, std::string_view json) {
  begin_field(name);
  return print_value(m_output, json, k_field_level);
}

void RecordText::begin_rows(std::string_view name) {
  begin_field(name);
  m_output.text() += '[';
  m_rows = 0;
}

Result<void> RecordText::row(std::string_view json) {
  if (m_rows++ > 0) {
    m_output.text() += ',';
  }
  codec::append_line_break(m_output.text(), k_row_level);
  append_harmless(m_output.text(), json);
  return m_output.flow();
}

void RecordText::end_rows() {
  if (m_rows > 0) {
    codec::append_line_break(m_output.text(), k_field_level);
  }
  m_output.text() += ']';
}

void SectionText::begin_member(std::string_view name) {
  m_output.text() += m_members++ == 0 ? '{' : ',';
  codec::append_line_break(m_output.text(), k_member_level);
  append_name(m_output.text(), name);
}

Result<void> SectionText::member(std::string_view name, std::string_view json) {
  begin_member(name);
  return print_value(m_output, json, k_member_level);
}

void SectionText::begin(std::string_view name) {
  begin_member(name);
  m_output.text() += '[';
  m_records = 0;
}

void SectionText::next_record() {
  if (m_records++ > 0) {
    m_output.text() += ',';
  }
}

void SectionText::end() {
  if (m_records > 0) {
    codec::append_line_break(m_output.text(), k_member_level);
  }
  m_output.text() += ']';
}

void SectionText::end_all() {
  m_output.text() += "\n}\n";
}

bool UnorderedBlocks::is_full() const {
  constexpr std::size_t k_most = 16 * limits::k_mib;
  return !m_ends.empty() && m_ends.back().end >= k_most;
}

Result<void> UnorderedBlocks::print(SectionText& section, TextOutput& output) {
  const std::string_view text = m_output.text();
  std::vector<SortedBlock> blocks;
  blocks.reserve(m_ends.size());
  std::size_t begin = 0;
  for (const BlockEnd& each : m_ends) {
    blocks.push_back(sorted_block(each.counter, text.substr(begin, each.end - begin)));
    begin = each.end;
  }
  std::sort(blocks.begin(), blocks.end());
  for (const SortedBlock& each : blocks) {
    section.next_record();
    output.text() += each.block;
    QSNAP_TRY(output.flow());
  }
  m_output.text().clear();
  m_ends.clear();
  return {};
}

}  // namespace qsnap::driver
