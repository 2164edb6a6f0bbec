// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/base/utf8.hpp>
#include <qsnap/report/diff_lines.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::report {

namespace {

constexpr std::size_t k_most_states = 8;

std::string states_text(const std::vector<StateCount>& states, int columns) {
  std::string text;
  std::size_t told = 0;
  std::size_t others = 0;
  for (const StateCount& state : states) {
    if (state.before == state.after) {
      continue;
    }
    if (told == k_most_states) {
      ++others;
      continue;
    }
    text += fmt::format("{}{} {} → {}", told == 0 ? ": " : ", ", short_text(state.state, columns), state.before,
                        state.after);
    ++told;
  }
  return others == 0 ? text : text + fmt::format(", {}", quantity(others, "more state"));
}

std::string block_line(const Block& block, int columns) {
  return fmt::format("@@ {}{} @@", short_text(block.label, columns), states_text(block.states, columns));
}

std::string group_line(const GroupWords& group, int columns) {
  std::string line = fmt::format("{} {}", group.sign, short_text(group.who, columns));
  for (const std::string* part : {&group.name, &group.what, &group.remark}) {
    if (!part->empty()) {
      line += "  " + short_text(*part, columns);
    }
  }
  return group.other_remarks == 0 ? line : line + " … and " + quantity(group.other_remarks, "other message");
}

/// Where to begin with both values, so that a reader sees where they first differ: 0 unless one of them has to be cut.
std::size_t first_shown(std::string_view before, std::string_view after, int columns) {
  constexpr std::size_t k_most_context = 40;
  const auto most = static_cast<std::size_t>(columns);
  const std::size_t context = std::min(k_most_context, most / 2);
  const auto parted = std::mismatch(before.begin(), before.end(), after.begin(), after.end()).first;
  const auto at = static_cast<std::size_t>(parted - before.begin());
  if (at <= context || (before.size() <= most && after.size() <= most)) {
    return 0;
  }
  return character_start(before, at - context);
}

std::string shown_from(std::string_view value, std::size_t at, int columns) {
  return at == 0 ? short_text(value, columns) : "…" + short_text(value.substr(at), columns);
}

void append_field(std::vector<std::string>& lines, const FieldWords& field, int columns) {
  const std::string path = short_text(field.path, columns);
  if (field.step == FieldWords::Step::unlisted) {
    lines.push_back(fmt::format("      … {}", path));
    return;
  }
  const bool both = field.step == FieldWords::Step::changed;
  const std::size_t at = both ? first_shown(field.before, field.after, columns) : 0;
  if (field.step != FieldWords::Step::appeared) {
    lines.push_back(fmt::format("-     {}: {}", path, shown_from(field.before, at, columns)));
  }
  if (field.step != FieldWords::Step::gone) {
    lines.push_back(fmt::format("+     {}: {}", path, shown_from(field.after, at, columns)));
  }
  if (!field.remark.empty()) {
    lines.back() += fmt::format(" ({})", short_text(field.remark, columns));
  }
  if (field.others > 0) {
    lines.back() += fmt::format(", and {}", quantity(field.others, "other value"));
  }
}

std::string ids_line(const GroupWords& group, int columns) {
  std::string line = "      ";
  for (const std::string& id : group.ids) {
    line += (&id == &group.ids.front() ? "" : ", ") + short_text(id, columns);
  }
  return group.count > group.ids.size() ? line + ", …" : line;
}

void append_group(std::vector<std::string>& lines, const GroupWords& group, const LineLimits& limits) {
  lines.push_back(group_line(group, limits.columns));
  if (!group.ids.empty()) {
    lines.push_back(ids_line(group, limits.columns));
  }
  const std::size_t told = std::min(limits.fields, group.fields.size());
  for (std::size_t i = 0; i < told; ++i) {
    append_field(lines, group.fields[i], limits.columns);
  }
  if (told < group.fields.size()) {
    lines.push_back(fmt::format("      … and {}", quantity(group.fields.size() - told, "more field")));
  }
}

void append_block(std::vector<std::string>& lines, const Block& block, const LineLimits& limits) {
  lines.push_back(block_line(block, limits.columns));
  const std::size_t told = std::min(limits.groups, block.groups.size());
  std::uint64_t changes = 0;
  for (std::size_t i = 0; i < told; ++i) {
    append_group(lines, block.groups[i], limits);
    changes += block.groups[i].count;
  }
  if (told < block.groups.size()) {
    lines.push_back(fmt::format("  … and {}", quantity(block.changes - changes, "more change")));
  }
}

}  // namespace

std::string short_text(std::string_view bytes, int columns) {
  std::string text = escape_terminal(bytes);
  std::string shown = cut(text, columns);
  if (shown.size() == text.size()) {
    return text;
  }
  const std::size_t more = count_characters(text) - (count_characters(shown) - 1);
  return fmt::format("{} ({})", shown, quantity(more, "more character"));
}

std::vector<std::string> diff_lines(const SnapshotDiff& diff, const Overview& overview, const LineLimits& limits) {
  std::vector<std::string> lines;
  if (diff.status == SnapshotStatus::added || diff.status == SnapshotStatus::removed) {
    const std::string_view sign = diff.status == SnapshotStatus::added ? "+" : "-";
    lines.push_back(fmt::format("{} {}", sign, short_verdict(diff, overview)));
  } else if (diff.has_trouble()) {
    lines.push_back(fmt::format("! {}", short_text(diff.trouble, limits.columns)));
  }
  const std::size_t told = std::min(limits.blocks, overview.blocks.size());
  for (std::size_t i = 0; i < told; ++i) {
    append_block(lines, overview.blocks[i], limits);
  }
  if (told < overview.blocks.size()) {
    std::uint64_t changes = 0;
    for (std::size_t i = told; i < overview.blocks.size(); ++i) {
      changes += overview.blocks[i].changes;
    }
    lines.push_back(fmt::format("  … and {} in {}", quantity(changes, "more change"),
                                quantity(overview.blocks.size() - told, "more queue")));
  }
  return lines;
}

std::string short_verdict(const SnapshotDiff& diff, const Overview& overview) {
  std::string words = escape_terminal(verdict_words(diff, overview));
  if (words.ends_with('.')) {
    words.pop_back();
  }
  return words;
}

std::string sides_text(const Sides& sides) {
  const auto side = [](const std::string& name) { return name.empty() ? "nothing" : escape_terminal(name); };
  return fmt::format("{} → {}", side(sides.before), side(sides.after));
}

}  // namespace qsnap::report
