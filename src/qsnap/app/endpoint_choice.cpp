// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/endpoint_choice.hpp>

namespace qsnap::app {

namespace {

std::filesystem::path either(const std::filesystem::path& said, std::string_view variable,
                             const Environment& environment) {
  return said.empty() ? std::filesystem::path{environment(variable).value_or("")} : said;
}

/// The environment may name files that this Redis does not need; the user may not.
Result<void> apply_tls(redis::Endpoint& endpoint, const redis::TlsOptions& tls, const Environment& environment) {
  if (endpoint.tls) {
    return redis::apply_tls_options(endpoint, {either(tls.ca_file, "QSNAP_TLS_CA", environment),
                                               either(tls.certificate_file, "QSNAP_TLS_CERT", environment),
                                               either(tls.key_file, "QSNAP_TLS_KEY", environment)});
  }
  if (!tls.empty()) {
    return make_error(ErrorCode::usage, fmt::format("{} is a plain connection", endpoint.display()),
                      {"for TLS the URL begins with rediss://"});
  }
  return {};
}

}  // namespace

Result<std::optional<redis::Endpoint>> choose_endpoint(const EndpointWords& words, const Environment& environment) {
  const std::optional<std::string> from_environment = environment("QSNAP_REDIS_URL");
  if (words.url.empty() && !from_environment) {
    return std::optional<redis::Endpoint>{};
  }
  QSNAP_ASSIGN(redis::Endpoint endpoint, words.url.empty()
                                             ? redis::parse_url(*from_environment, redis::UrlOrigin::environment)
                                             : redis::parse_url(words.url, words.url_origin));
  const std::filesystem::path credentials = either(words.credentials_file, "QSNAP_CREDENTIALS_FILE", environment);
  if (!credentials.empty()) {
    QSNAP_TRY(redis::apply_credentials_file(endpoint, credentials));
  }
  QSNAP_TRY(apply_tls(endpoint, words.tls, environment));
  // A long patience with answers is none with a host that is not there.
  endpoint.timeouts.reply = words.reply_timeout;
  endpoint.timeouts.connect = std::min(endpoint.timeouts.connect, words.reply_timeout);
  return std::optional{std::move(endpoint)};
}

std::filesystem::path config_home(const Environment& environment) {
  if (auto configured = environment("XDG_CONFIG_HOME")) {
    return *std::move(configured);
  }
  const std::optional<std::string> home = environment("HOME");
  return home ? std::filesystem::path{*home} / ".config" : std::filesystem::path{};
}

}  // namespace qsnap::app
