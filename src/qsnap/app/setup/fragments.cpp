// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/setup/embedded_files.hpp>
#include <qsnap/app/setup/fragments.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>

namespace qsnap::app::setup {

namespace {

constexpr std::array<std::string_view, 2> k_filter_attributes = {" filter=qsnap", " filter=lfs"};

/// REQUIRES: there is one of that name
std::string_view embedded_fragment(std::string_view name) {
  const auto files = embedded_fragments();
  return std::find_if(files.begin(), files.end(), [&](const EmbeddedFile& file) { return file.name == name; })->text;
}

/// The lines of a text, each with its line end.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

std::string_view without_end(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  while (true) {
    const std::size_t at = text.find(from);
    out += text.substr(0, at);
    if (at == std::string_view::npos) {
      return out;
    }
    out += to;
    text.remove_prefix(at + from.size());
  }
}

/// A word for the shell that Git starts its commands with.
std::string shell_word(std::string_view text) {
  return fmt::format("'{}'", replace_all(text, "'", "'\\''"));
}

/// What follows the program's name in a command, blank included; absent where the name goes on.
std::optional<std::string_view> arguments_behind(std::string_view command, std::size_t name_end) {
  const std::string_view rest = command.substr(name_end);
  return rest.empty() || rest.starts_with(' ') ? std::optional{rest} : std::nullopt;
}

/// A value in quotes, for a configuration file.
std::string config_value(std::string_view text) {
  return fmt::format("\"{}\"", replace_all(replace_all(text, "\\", "\\\\"), "\"", "\\\""));
}

}  // namespace

std::string_view config_fragment() {
  return embedded_fragment("qsnap.gitconfig");
}

std::string_view attribute_block() {
  return embedded_fragment("gitattributes");
}

Result<std::string> pinned_fragment(const std::filesystem::path& program) {
  const std::string& path = program.native();
  if (std::any_of(path.begin(), path.end(),
                  [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; })) {
    return make_error(ErrorCode::refused, fmt::format("the path {} holds control characters", path));
  }
  std::string fragment;
  const std::string start = fmt::format(" = {}", k_driver_program);
  for (const std::string_view line : lines_of(config_fragment())) {
    const std::size_t at = line.find(start);
    if (at == std::string_view::npos) {
      fragment += line;
      continue;
    }
    const std::string_view arguments = without_end(line.substr(at + start.size()));
    fragment +=
        fmt::format("{} = {}\n", line.substr(0, at), config_value(fmt::format("{}{}", shell_word(path), arguments)));
  }
  return fragment;
}

std::optional<std::string> unpinned_command(std::string_view command) {
  if (command.starts_with(k_driver_program) && arguments_behind(command, k_driver_program.size())) {
    return std::string{command};
  }
  const std::string name = fmt::format("/{}'", k_driver_program);
  const std::size_t at = command.find(name);
  if (!command.starts_with("'/") || at == std::string_view::npos || !arguments_behind(command, at + name.size())) {
    return std::nullopt;
  }
  return fmt::format("{}{}", k_driver_program, command.substr(at + name.size()));
}

std::optional<std::filesystem::path> pinned_program(std::string_view command) {
  const std::string name = fmt::format("/{}'", k_driver_program);
  const std::size_t at = command.find(name);
  if (!command.starts_with("'/") || at == std::string_view::npos || !arguments_behind(command, at + name.size())) {
    return std::nullopt;
  }
  const std::size_t end = at + name.size() - 1;
  return std::filesystem::path{replace_all(command.substr(1, end - 1), "'\\''", "'")};
}

std::string info_attribute_block() {
  std::string block{attribute_block()};
  for (const std::string_view filter : k_filter_attributes) {
    block = replace_all(block, filter, "");
  }
  return block;
}

bool is_earlier_block(std::string_view block) {
  const std::string digest = to_hex(codec::sha256(block));
  const std::vector<std::string_view> lines = lines_of(embedded_fragment("earlier-blocks"));
  return std::any_of(lines.begin(), lines.end(), [&](std::string_view line) { return line.starts_with(digest); });
}

std::string include_section(std::string_view path) {
  const bool plain = path.find_first_of("\"\\#; \t\n") == std::string_view::npos;
  return fmt::format("[include]\n\tpath = {}\n", plain ? std::string{path} : config_value(path));
}

Inserted insert_block(std::string_view text, std::string_view block) {
  std::string piece = !text.empty() && !text.ends_with('\n') ? "\n" : "";
  piece += block;
  return {fmt::format("{}{}", text, piece), std::move(piece)};
}

std::optional<std::string> remove_piece(std::string_view text, std::string_view piece) {
  const std::size_t at = text.rfind(piece);
  if (piece.empty() || at == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view before = text.substr(0, at), after = text.substr(at + piece.size());
  const bool keeps_line_end = piece.starts_with('\n') && !after.empty();
  return fmt::format("{}{}{}", before, keeps_line_end ? "\n" : "", after);
}

std::optional<std::string> remove_section(std::string_view text, std::string_view piece) {
  const std::size_t at = text.rfind(piece);
  const std::string_view after = at == std::string_view::npos ? "" : text.substr(at + piece.size());
  return after.empty() || after.starts_with('[') ? remove_piece(text, piece) : std::nullopt;
}

std::optional<std::string_view> find_block(std::string_view text) {
  std::optional<std::size_t> begin;
  std::size_t at = 0;
  for (const std::string_view line : lines_of(text)) {
    if (line.starts_with(k_block_begin)) {
      begin = at;
    }
    at += line.size();
    if (begin && without_end(line) == k_block_end) {
      return text.substr(*begin, at - *begin);
    }
  }
  return std::nullopt;
}

std::optional<RemovedBlock> remove_edited_block(std::string_view text, std::string_view piece) {
  const std::optional<std::string_view> block = find_block(text);
  if (!block) {
    return std::nullopt;
  }
  std::set<std::string_view> ours;
  for (const std::string_view line : lines_of(piece)) {
    ours.insert(without_end(line));
  }
  const auto begin = static_cast<std::size_t>(block->data() - text.data());
  RemovedBlock out{std::string{text.substr(0, begin)}, false};
  for (const std::string_view line : lines_of(*block)) {
    const bool marker = line.starts_with(k_block_begin) || without_end(line) == k_block_end;
    if (!marker && !ours.contains(without_end(line))) {
      out.text += line;
      out.foreign_lines_stay = true;
    }
  }
  out.text += text.substr(begin + block->size());
  return out;
}

std::optional<std::string> remove_include_line(std::string_view text, std::string_view path) {
  const std::string section = include_section(path);
  const std::vector<std::string_view> ours = lines_of(section);
  const std::vector<std::string_view> lines = lines_of(text);
  const auto line = std::find_if(lines.begin(), lines.end(), [&](std::string_view candidate) {
    return without_end(candidate) == without_end(ours.back());
  });
  if (line == lines.end()) {
    return std::nullopt;
  }
  const bool opens = line != lines.begin() && without_end(line[-1]) == without_end(ours.front());
  const bool last = line + 1 == lines.end() || line[1].starts_with('[');
  const auto from = opens && last ? line - 1 : line;
  std::string out;
  for (auto kept = lines.begin(); kept != lines.end(); ++kept) {
    out += kept >= from && kept <= line ? std::string_view{} : *kept;
  }
  return out;
}

}  // namespace qsnap::app::setup
