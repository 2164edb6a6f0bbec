// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include <qsnap/app/assert_mode.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/redis/endpoint.hpp>

namespace qsnap::app {

/// Which Redis, as the user says it; for what is empty the environment speaks.
struct EndpointWords {
  std::string url;                                               ///< else QSNAP_REDIS_URL
  redis::UrlOrigin url_origin = redis::UrlOrigin::command_line;  ///< whether `url` may hold a password
  std::filesystem::path credentials_file;                        ///< else QSNAP_CREDENTIALS_FILE
  redis::TlsOptions tls;                                         ///< else QSNAP_TLS_CA, QSNAP_TLS_CERT, QSNAP_TLS_KEY
  std::chrono::milliseconds reply_timeout = redis::Timeouts{}.reply;
};

/// Absent when nobody named a Redis. Errors with `usage` for files of TLS where the URL is one without.
Result<std::optional<redis::Endpoint>> choose_endpoint(const EndpointWords& words, const Environment& environment);

/// The user's config folder, as the XDG base directories say; empty where there is no home.
[[nodiscard]] std::filesystem::path config_home(const Environment& environment);

}  // namespace qsnap::app
