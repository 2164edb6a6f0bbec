// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/split.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/driver/index_entry.hpp>
#include <qsnap/git/git_command.hpp>

namespace qsnap::driver {

namespace {

constexpr std::size_t k_sha1_digits = 40;
constexpr std::size_t k_sha256_digits = 64;

/// The blob ids that `git ls-files -s -z` tells of one path: "MODE ID STAGE\tPATH\0", a line for each stage.
std::vector<std::string> blob_ids(std::string_view listing, std::string_view path) {
  std::vector<std::string> ids;
  for (const std::string_view line : split(listing, '\0')) {
    const std::size_t mode_end = line.find(' ');
    const std::size_t tab = line.find('\t');
    if (mode_end == std::string_view::npos || tab == std::string_view::npos || line.substr(tab + 1) != path) {
      continue;
    }
    const std::string_view after_mode = line.substr(mode_end + 1);
    ids.emplace_back(after_mode.substr(0, after_mode.find(' ')));
  }
  return ids;
}

/// Git's name of a blob in the hash of the repository, told by the length of its ids.
std::string blob_id(std::string_view bytes, std::size_t digits) {
  const std::string header = fmt::format("blob {}", bytes.size());
  const std::array<std::string_view, 2> parts = {std::string_view{header.c_str(), header.size() + 1}, bytes};
  if (digits == k_sha1_digits) {
    return to_hex(codec::sha1(parts));
  }
  if (digits != k_sha256_digits) {
    return {};
  }
  codec::Sha256 digest;
  for (const std::string_view part : parts) {
    digest.update(part);
  }
  return to_hex(digest.digest());
}

/// `git --literal-pathspecs` hands that on to us by this variable, and then no path may begin with magic.
bool all_paths_are_literal() {
  static constexpr std::array<std::string_view, 5> k_no = {"", "0", "false", "no", "off"};
  const char* const value = std::getenv("GIT_LITERAL_PATHSPECS");
  return value != nullptr && std::find(k_no.begin(), k_no.end(), value) == k_no.end();
}

}  // namespace

bool index_has(const std::filesystem::path& folder, const std::string& path, std::string_view bytes) {
  const std::string pathspec = all_paths_are_literal() ? path : ":(literal)" + path;
  const auto listing = git::git_output({folder, {"ls-files", "-s", "-z", "--", pathspec}, {}});
  if (!listing) {
    return false;
  }
  const auto is_same = [&](const std::string& id) { return id == blob_id(bytes, id.size()); };
  const std::vector<std::string> ids = blob_ids(*listing, path);
  return std::any_of(ids.begin(), ids.end(), is_same);
}

}  // namespace qsnap::driver
