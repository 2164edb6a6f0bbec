// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <qsnap/diff/decoded_member.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/job_report.hpp>
#include <qsnap/report/value_words.hpp>

namespace qsnap::report {

namespace {

/// The heading says these already.
bool stands_in_heading(std::string_view member) {
  constexpr std::array<std::string_view, 4> members = {"id", "name", "queue", "state"};
  return std::find(members.begin(), members.end(), member) != members.end();
}

/// With what is encoded in it decoded: a payload by its codec, a packed stack trace, PHP inside of JSON.
Result<std::string> member_lines(const model::Fields& members, const model::Field& field, Tone tone,
                                 const model::PayloadReader& payloads, const Style& style) {
  const auto decoded = diff::decoded_member(members, field.name, field.json, payloads);
  const auto decoded_leaves =
      payloads.leaves(decoded ? *decoded : diff::member_summary(members, field.name, field.json, payloads));
  QSNAP_ASSIGN(const std::vector<model::PayloadReader::Leaf> leaves,
               decoded_leaves ? decoded_leaves : payloads.leaves(field.json));
  const std::string_view where = tone == Tone::faint ? ".volatile" : "";
  std::string text;
  for (const model::PayloadReader::Leaf& leaf : leaves) {
    const std::string path = escape_terminal(fmt::format("{}.{}{}", where, field.name, leaf.path));
    text += fmt::format("    {}  {}\n", style.paint(Tone::accent, path),
                        style.paint(tone, escape_terminal(plain_value(leaf.json))));
  }
  return text;
}

}  // namespace

Result<std::string> whole_job_text(const JobRow& row, const model::Record& job, const model::PayloadReader& payloads,
                                   const Style& style) {
  const std::string id = row.id.empty() ? std::string{} : fmt::format(" {}", escape_terminal(row.id));
  std::string text = fmt::format("  {}  {}  {}\n", style.paint(Tone::strong, "job" + id), escape_terminal(row.name),
                                 style.paint(Tone::faint, escape_terminal(row.queue + " " + row.state)));
  for (const model::Field& field : job.fields) {
    if (!stands_in_heading(field.name)) {
      QSNAP_ASSIGN(const std::string lines, member_lines(job.fields, field, Tone::plain, payloads, style));
      text += lines;
    }
  }
  for (const model::Field& field : job.volatiles) {
    if (!stands_in_heading(field.name)) {
      QSNAP_ASSIGN(const std::string lines, member_lines(job.volatiles, field, Tone::faint, payloads, style));
      text += lines;
    }
  }
  return text;
}

}  // namespace qsnap::report
