// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/model/queue_id.hpp>
#include <qsnap/report/ref_words.hpp>
#include <qsnap/report/value_words.hpp>

namespace qsnap::report {

namespace {

struct Ref {
  std::string role;
  std::string name;
  std::string queue;
};

/// Reads `[{"name":…,"queue":…,"role":…},…]` from front to back; values are strings or anything without brackets.
class RefCursor {
 public:
  explicit RefCursor(std::string_view json) : m_rest(json) {}

  std::optional<std::vector<std::string>> list() {
    std::vector<std::string> words;
    if (m_rest.empty() || m_rest == "[]") {
      return words;
    }
    if (!take('[')) {
      return std::nullopt;
    }
    do {
      auto ref = object();
      if (!ref) {
        return std::nullopt;
      }
      words.push_back(*std::move(ref));
    } while (take(','));
    std::sort(words.begin(), words.end());
    return m_rest == "]" ? std::optional{std::move(words)} : std::nullopt;
  }

 private:
  bool take(char sign) {
    if (m_rest.empty() || m_rest.front() != sign) {
      return false;
    }
    m_rest.remove_prefix(1);
    return true;
  }

  /// A string with its quotes, or what stands before the next comma or bracket.
  std::string_view value() {
    std::size_t end = 0;
    if (!m_rest.empty() && m_rest.front() == '"') {
      end = 1;
      while (end < m_rest.size() && m_rest[end] != '"') {
        end += m_rest[end] == '\\' ? 2U : 1U;
      }
      ++end;
    } else {
      end = m_rest.find_first_of(",{}[]");
    }
    const std::string_view text = m_rest.substr(0, end);
    m_rest.remove_prefix(text.size());
    return text;
  }

  std::optional<std::string> object() {
    Ref ref;
    std::string more;
    if (!take('{')) {
      return std::nullopt;
    }
    do {
      const std::string member = plain_value(value());
      if (!take(':')) {
        return std::nullopt;
      }
      const std::string text = plain_value(value());
      std::string* known = member == "role"    ? &ref.role
                           : member == "name"  ? &ref.name
                           : member == "queue" ? &ref.queue
                                               : nullptr;
      if (known != nullptr) {
        *known = text;
      } else {
        more += fmt::format(" {}={}", member, text);
      }
    } while (take(','));
    if (!take('}')) {
      return std::nullopt;
    }
    const auto queue = model::QueueId::parse(ref.queue);
    return fmt::format("{} {} in {}{}", ref.role, ref.name, queue ? queue->name : ref.queue, more);
  }

  std::string_view m_rest;
};

}  // namespace

std::optional<RefWords> ref_words(std::string_view before, std::string_view after) {
  const auto left = RefCursor{before}.list(), right = RefCursor{after}.list();
  if (!left || !right) {
    return std::nullopt;
  }
  std::vector<std::string> gone, fresh;
  std::set_difference(left->begin(), left->end(), right->begin(), right->end(), std::back_inserter(gone));
  std::set_difference(right->begin(), right->end(), left->begin(), left->end(), std::back_inserter(fresh));
  if (gone.empty() && fresh.empty()) {
    return std::nullopt;
  }
  return RefWords{fmt::format("{}", fmt::join(gone, ", ")), fmt::format("{}", fmt::join(fresh, ", "))};
}

}  // namespace qsnap::report
