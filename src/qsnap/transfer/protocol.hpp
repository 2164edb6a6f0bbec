// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>

/// The lines that git-lfs and a custom transfer agent say to each other (git-lfs's docs/custom-transfers.md).
namespace qsnap::transfer {

enum class RequestKind : std::uint8_t { init, upload, download, terminate };

struct Request {
  RequestKind kind = RequestKind::terminate;
  std::string remote;  ///< of init: a remote's name, or a URL
  std::string object_id;
  std::uint64_t bytes = 0;
  std::string path;  ///< of an upload
};

/// No line of git-lfs comes near.
inline constexpr std::size_t k_most_request_bytes = 1024UL * 1024;

/// Errors with `corrupt` for anything else: no JSON, an unknown event, an object id that is none.
Result<Request> parse_request(std::string_view line);

/// Answers, each a line with its end.
[[nodiscard]] std::string init_answer(const Result<void>& done);
[[nodiscard]] std::string progress_answer(std::string_view object_id, std::uint64_t so_far, std::uint64_t since_last);
/// `path` is empty for an upload. An error's hints are a part of its message: git-lfs prints nothing else.
[[nodiscard]] std::string complete_answer(std::string_view object_id, const Result<std::string>& path);

/// In one line, without control characters, as UTF-8, whatever bytes it has.
[[nodiscard]] std::string plain_words(const Error& error);

}  // namespace qsnap::transfer
