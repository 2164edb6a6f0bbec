// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>

#include <qsnap/base/text.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/object_sizes.hpp>

namespace qsnap::git {

namespace {

/// "123", or "HEAD:x missing".
std::optional<std::uint64_t> size_of(std::string_view line) {
  const std::optional<std::int64_t> bytes = parse_integer(line);
  return bytes && *bytes >= 0 ? std::optional{static_cast<std::uint64_t>(*bytes)} : std::nullopt;
}

}  // namespace

Result<std::vector<std::optional<std::uint64_t>>> sizes_on_disk(const std::filesystem::path& folder,
                                                                std::span<const std::string> objects) {
  std::vector<std::optional<std::uint64_t>> sizes(objects.size());
  GitCommand command{
      .folder = folder, .arguments = {"cat-file", "--batch-check=%(objectsize:disk)", "--buffer"}, .input = {}};
  for (const std::string& object : objects) {
    command.input += object + '\n';
  }
  // Git ends at an object that a partial clone would have to fetch: what it said before counts.
  QSNAP_ASSIGN(const GitAnswer answer, run_git(command));
  std::string_view rest = answer.output;
  for (std::size_t i = 0; i < sizes.size() && !rest.empty(); ++i) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    sizes[i] = size_of(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return sizes;
}

}  // namespace qsnap::git
