// SPDX-License-Identifier: Apache-2.0
#include <qsnap/report/exit_code.hpp>

namespace qsnap::report {

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
    case ErrorCode::config:
    case ErrorCode::not_found:
    case ErrorCode::git:
      return k_exit_usage;
    case ErrorCode::redis_unreachable:
    case ErrorCode::redis_denied:
    case ErrorCode::redis_protocol:
      return k_exit_redis;
    case ErrorCode::inconsistent:
      return k_exit_inconsistent;
    case ErrorCode::corrupt:
    case ErrorCode::unsupported_version:
    case ErrorCode::limit_exceeded:
      return k_exit_broken;
    case ErrorCode::refused:
      return k_exit_refused;
    case ErrorCode::io:
      return k_exit_io;
    case ErrorCode::cancelled:
      return k_exit_interrupted;
    case ErrorCode::internal:
      return k_exit_internal;
  }
  return k_exit_internal;
}

const char* error_word(ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
      return "usage";
    case ErrorCode::config:
      return "config";
    case ErrorCode::not_found:
      return "not-found";
    case ErrorCode::redis_unreachable:
      return "redis-unreachable";
    case ErrorCode::redis_denied:
      return "redis-denied";
    case ErrorCode::redis_protocol:
      return "redis-protocol";
    case ErrorCode::inconsistent:
      return "inconsistent";
    case ErrorCode::corrupt:
      return "corrupt";
    case ErrorCode::unsupported_version:
      return "unsupported-version";
    case ErrorCode::limit_exceeded:
      return "limit-exceeded";
    case ErrorCode::refused:
      return "refused";
    case ErrorCode::io:
      return "io";
    case ErrorCode::git:
      return "git";
    case ErrorCode::cancelled:
      return "cancelled";
    case ErrorCode::internal:
      return "internal";
  }
  return "internal";
}

}  // namespace qsnap::report
