// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qsnap {

/// The closed set of failures a caller may branch on. People read the message; code reads the code.
/// report/exit_code.cpp maps each of them to the documented exit code.
enum class ErrorCode {
  usage,                ///< the command line asks for something impossible or unknown
  config,               ///< config.yaml is not what the schema says
  not_found,            ///< a named snapshot, key or revision does not exist
  redis_unreachable,    ///< no connection, time-out, connection lost
  redis_denied,         ///< AUTH or ACL said no
  redis_protocol,       ///< the peer does not speak RESP2 within our limits
  inconsistent,         ///< no point-in-time state could be had
  corrupt,              ///< bytes are not what their checksums or grammar say
  unsupported_version,  ///< a valid container of a format version that we do not know
  limit_exceeded,       ///< a declared or actual size is over a hard limit
  refused,              ///< safe-guard: host not allowed, target not empty, empty capture
  io,                   ///< the file system said no
  git,                  ///< libgit2 or git said no
  cancelled,            ///< the user asked to stop
  internal,             ///< an invariant of ours does not hold
};

/// The one error type of the project. The message is a lower-case sentence without a full stop that names the
/// thing; hints are commands or steps to try next. It may hold hostile bytes: whoever prints it escapes it.
/// It never holds a password.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
  std::vector<std::string> hints;
};

[[nodiscard]] inline Error make_error(ErrorCode code, std::string message, std::vector<std::string> hints = {}) {
  return Error{code, std::move(message), std::move(hints)};
}

/// Puts what was being done in front of what went wrong: "reading x.qsnap: truncated".
[[nodiscard]] inline Error with_context(Error error, std::string_view doing) {
  error.message.insert(0, ": ").insert(0, doing);
  return error;
}

}  // namespace qsnap
