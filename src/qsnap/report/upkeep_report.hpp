// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/report/style.hpp>

/// The faces of `renormalize` and `ci-verify`.
namespace qsnap::report {

/// A snapshot whose form in the index is, or would be, another one.
struct RenormalizedSnapshot {
  std::string path;
  std::uint64_t packed_bytes = 0;
  std::uint64_t stored_bytes = 0;  ///< before Git's own compression
};
struct RenormalizeView {
  std::vector<RenormalizedSnapshot> snapshots;
  bool written = false;     ///< into the index
  bool has_filter = false;  ///< without it, work tree and index differ afterwards
};
[[nodiscard]] std::string renormalize_text(const RenormalizeView& view, const Style& style);
[[nodiscard]] std::string renormalize_json(const RenormalizeView& view);

struct CiFinding {
  std::string path;  ///< from the top; empty: the repository as a whole
  std::string what;
  std::string hint;  ///< may be empty
};
struct CiVerifyView {
  std::string revision;
  std::string base;  ///< into which it is to be merged; empty where nobody said
  std::uint64_t snapshots = 0;
  std::vector<CiFinding> findings;
};
[[nodiscard]] std::string ci_verify_text(const CiVerifyView& view, const Style& style);
[[nodiscard]] std::string ci_verify_json(const CiVerifyView& view);
/// "::error file=…::…", a line each, as GitHub's runner reads them from a job's output. What a file or its name holds
/// cannot begin another command.
[[nodiscard]] std::string ci_verify_github(const CiVerifyView& view);

}  // namespace qsnap::report
