// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include <qsnap/model/queue_id.hpp>

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

/// "bull:a, bull:b and 3 more"
std::string enumerate(const std::vector<std::string>& names) {
  constexpr std::size_t k_most = 10;
  const std::size_t shown = std::min(k_most, names.size());
  const std::string text =
      fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  return names.size() > shown ? fmt::format("{} and {} more", text, names.size() - shown) : text;
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

Result<std::string> resolve_queue(std::string_view wanted, std::vector<std::string> queues) {
  if (std::find(queues.begin(), queues.end(), wanted) != queues.end()) {
    return std::string{wanted};
  }
  std::sort(queues.begin(), queues.end());
  std::vector<std::string> matches;
  std::copy_if(queues.begin(), queues.end(), std::back_inserter(matches),
               [&](const std::string& queue) { return queue_matches(queue, wanted); });
  if (matches.empty()) {
    return make_error(ErrorCode::not_found, fmt::format("there is no queue {}", wanted),
                      {queues.empty() ? "no queue of a known framework was found"
                                      : fmt::format("the queues are {}", enumerate(queues))});
  }
  if (matches.size() > 1) {
    return make_error(ErrorCode::usage, fmt::format("queue {} is ambiguous", wanted),
                      {fmt::format("name one of {}", enumerate(matches))});
  }
  return matches.front();
}

}  // namespace qsnap::model
