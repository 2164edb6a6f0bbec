// SPDX-License-Identifier: Apache-2.0
#include <fuzz/fuzz_target.hpp>

#include <qsnap/config/config.hpp>
#include <qsnap/config/path_pattern.hpp>

namespace qsnap::config {

namespace {

using fuzz::require;

void check_config(std::string_view text) {
  const auto config = parse_config(text, "config.yaml");
  if (!config) {
    require(config.error().message.starts_with("config.yaml"), "an error names the file");
    return;
  }
  for (const PathPattern& pattern : config->ignore) {
    require(PathPattern::parse(pattern.text()).has_value(), "a pattern can be read from its own text");
  }
}

/// The first line is a pattern, the second one a path.
void check_pattern(std::string_view text) {
  const std::size_t end = text.find('\n');
  const std::string_view path = end == std::string_view::npos ? text : text.substr(end + 1);
  const auto pattern = PathPattern::parse(text.substr(0, end));
  const auto steps = parse_path(path);
  if (!pattern) {
    return;
  }
  require(pattern->text() == text.substr(0, end), "a pattern keeps its text");
  require(steps.has_value() || !pattern->matches(path), "what is no path is matched by nothing");
  require(!steps || pattern->matches(*steps) == pattern->matches(path), "a path matches in both forms");
}

}  // namespace

}  // namespace qsnap::config

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = qsnap::fuzz::text_of(data, size);
  qsnap::config::check_config(text);
  qsnap::config::check_pattern(text);
  return 0;
}
