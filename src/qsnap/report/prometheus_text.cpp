// SPDX-License-Identifier: Apache-2.0
#include <iterator>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/report/harmful.hpp>
#include <qsnap/report/prometheus_text.hpp>

namespace qsnap::report {

std::string label_text(std::string_view text, Percent percent) {
  std::string out;
  while (!text.empty()) {
    const auto point = decode_utf8(text);
    const std::size_t bytes = point ? point->bytes : 1;
    const char c = text.front();
    const bool hidden = !point || is_harmful(point->value) || (c == '%' && percent == Percent::plain);
    for (const char byte : text.substr(0, hidden ? bytes : 0)) {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(byte));
    }
    if (!hidden) {
      out += c == '\\' || c == '"' ? "\\" : "";
      out += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return out;
}

std::string seconds(std::int64_t ms) {
  constexpr std::uint64_t k_per_second = 1000;
  const std::uint64_t size = ms < 0 ? 0 - static_cast<std::uint64_t>(ms) : static_cast<std::uint64_t>(ms);
  return fmt::format("{}{}.{:03}", ms < 0 ? "-" : "", size / k_per_second, size % k_per_second);
}

}  // namespace qsnap::report
