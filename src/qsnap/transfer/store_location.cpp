// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/transfer/store_location.hpp>

namespace qsnap::transfer {

namespace {

constexpr std::string_view k_scheme = "ssh://";

Error no_location(std::string_view text, std::string_view why) {
  return make_error(ErrorCode::usage, fmt::format("{} is no place for a store: {}", text, why),
                    {"a folder, ssh://HOST/PATH or HOST:PATH"});
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

bool is_plain_word(std::string_view word) {
  return !word.empty() && word.front() != '-' && std::all_of(word.begin(), word.end(), is_host_character);
}

/// ssh takes a host that begins with '-' for an option, and its configuration may hand one to a shell.
bool is_host(std::string_view host) {
  const std::size_t at = host.find('@');
  return at == std::string_view::npos ? is_plain_word(host)
                                      : is_plain_word(host.substr(0, at)) && is_plain_word(host.substr(at + 1));
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
}

Result<StoreLocation> on_host(std::string_view text, std::string_view host, std::string_view path) {
  if (!is_host(host)) {
    return no_location(text, "its host is none");
  }
  if (path.empty() || path.front() == '-') {
    return no_location(text, "it lacks a path");
  }
  return StoreLocation{std::string{host}, {}, std::string{path}};
}

Result<StoreLocation> from_url(std::string_view text) {
  const std::string_view rest = text.substr(k_scheme.size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos || slash + 1 == rest.size()) {
    return no_location(text, "it lacks a path");
  }
  const std::string_view authority = rest.substr(0, slash);
  const std::size_t colon = authority.rfind(':');
  QSNAP_ASSIGN(StoreLocation location, on_host(text, authority.substr(0, colon), rest.substr(slash)));
  if (colon != std::string_view::npos) {
    const std::optional<std::int64_t> port = parse_integer(authority.substr(colon + 1));
    if (!port || *port < 1 || *port > std::numeric_limits<std::uint16_t>::max()) {
      return no_location(text, "its port is none");
    }
    location.port = static_cast<std::uint16_t>(*port);
  }
  return location;
}

}  // namespace

Result<StoreLocation> parse_store_location(std::string_view text, const std::filesystem::path& base) {
  if (text.empty() || has_control_character(text)) {
    return no_location(text, "it is empty, or has control characters");
  }
  if (text.starts_with(k_scheme)) {
    return from_url(text);
  }
  if (text.find("://") != std::string_view::npos) {
    return no_location(text, "of URLs, ssh alone is known");
  }
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && text.find('/') > colon) {
    return on_host(text, text.substr(0, colon), text.substr(colon + 1));
  }
  return StoreLocation{{}, {}, (base / text).lexically_normal().native()};
}

std::string format_store_location(const StoreLocation& location) {
  if (location.host.empty()) {
    return location.path;
  }
  return location.port ? fmt::format("{}{}:{}{}", k_scheme, location.host, *location.port, location.path)
                       : fmt::format("{}:{}", location.host, location.path);
}

}  // namespace qsnap::transfer
