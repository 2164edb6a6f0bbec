// SPDX-License-Identifier: Apache-2.0
#include <qsnap/model/queue_id.hpp>

#include <vector>

namespace qsnap::model {

namespace {

void append_part(std::string& out, std::string_view part) {
  for (const char c : part) {
    if (c == ':') {
      out += "%3A";
    } else if (c == '%') {
      out += "%25";
    } else {
      out += c;
    }
  }
}

std::string read_part(std::string_view part) {
  std::string out;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const std::string_view escape = part.substr(i, 3);
    if (escape == "%3A" || escape == "%25") {
      out += escape == "%3A" ? ':' : '%';
      i += 2;
    } else {
      out += part[i];
    }
  }
  return out;
}

}  // namespace

std::string QueueId::text() const {
  std::string out = framework;
  out += ':';
  append_part(out, name_space);
  out += ':';
  append_part(out, name);
  return out;
}

std::optional<QueueId> QueueId::parse(std::string_view text) {
  const std::size_t first = text.find(':');
  const std::size_t second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (second == std::string_view::npos || text.find(':', second + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  return QueueId{std::string{text.substr(0, first)}, read_part(text.substr(first + 1, second - first - 1)),
                 read_part(text.substr(second + 1))};
}

bool queue_matches(std::string_view text, std::string_view wanted) {
  if (text == wanted) {
    return true;
  }
  const auto id = QueueId::parse(text);
  return id && id->name == wanted;
}

}  // namespace qsnap::model
