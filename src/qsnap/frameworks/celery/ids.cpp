// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <functional>
#include <unordered_map>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/celery/ids.hpp>

namespace qsnap::frameworks::celery {

namespace {

constexpr std::size_t k_uuid_bytes = 36;
constexpr std::string_view k_options = "options";
constexpr std::string_view k_task = "task";
constexpr std::array<std::string_view, 5> k_id_options = {"group_id", "parent_id", "reply_to", "root_id", "task_id"};

/// Copies canonical JSON and shows the strings at places of ids to a function, which may replace them.
class IdWalk {
 public:
  /// Gets and gives text without quotes; absent: the walk is given up. No id has anything to escape.
  using Replace = std::function<std::optional<std::string>(std::string_view text)>;
  IdWalk(std::string_view json, IdPlaces places, const Replace& replace)
      : m_json(json), m_places(places), m_replace(replace) {
    m_out.reserve(json.size());
  }

  /// Absent if it was given up.
  std::optional<std::string> run() {
    while (m_at < m_json.size()) {
      if (!step()) {
        return std::nullopt;
      }
    }
    return std::move(m_out);
  }

 private:
  struct Frame {
    bool is_object = false;
    bool is_options = false;     ///< the options of a signature
    bool wants_name = false;     ///< a member's name comes next
    bool has_task = false;       ///< a member "task" was seen
    std::string_view name = {};  ///< of the last member
  };

  bool step() {
    const char c = m_json[m_at];
    if (c == '"') {
      return take_string();
    }
    if (c == '{' || c == '[') {
      const bool in_signature = !m_frames.empty() && m_frames.back().has_task && m_frames.back().name == k_options;
      m_frames.push_back({.is_object = c == '{', .is_options = c == '{' && in_signature, .wants_name = c == '{'});
    } else if ((c == '}' || c == ']') && !m_frames.empty()) {
      m_frames.pop_back();
    } else if (c == ',' && !m_frames.empty()) {
      m_frames.back().wants_name = m_frames.back().is_object;
    }
    m_out += c;
    ++m_at;
    return true;
  }

  bool take_string() {
    std::size_t end = m_at + 1;
    while (end < m_json.size() && m_json[end] != '"') {
      end += m_json[end] == '\\' ? 2U : 1U;
    }
    const std::string_view text = m_json.substr(m_at + 1, std::min(end, m_json.size()) - m_at - 1);
    m_at = std::min(end + 1, m_json.size());
    if (!m_frames.empty() && m_frames.back().wants_name) {
      Frame& frame = m_frames.back();
      frame.wants_name = false;
      frame.name = text;
      frame.has_task = frame.has_task || text == k_task;
    } else if (is_place()) {
      const auto replaced = m_replace(text);
      if (replaced) {
        m_out.append("\"").append(*replaced).append("\"");
      }
      return replaced.has_value();
    }
    m_out.append("\"").append(text).append("\"");
    return true;
  }

  [[nodiscard]] bool is_place() const {
    if (m_places == IdPlaces::anywhere) {
      return true;
    }
    return !m_frames.empty() && m_frames.back().is_options &&
           std::find(k_id_options.begin(), k_id_options.end(), m_frames.back().name) != k_id_options.end();
  }

  std::string_view m_json;
  IdPlaces m_places;
  const Replace& m_replace;
  std::size_t m_at = 0;
  std::vector<Frame> m_frames;
  std::string m_out;
};

/// The number in "#1"; absent for any other text.
std::optional<std::int64_t> number_of(std::string_view text) {
  return text.starts_with('#') ? parse_integer(text.substr(1)) : std::nullopt;
}

/// Whether a walk would find nothing: most bodies have no signatures.
bool has_no_places(std::string_view json, IdPlaces places) {
  return places == IdPlaces::options && json.find("\"options\":{\"") == std::string_view::npos;
}

}  // namespace

bool is_uuid(std::string_view text) {
  if (text.size() != k_uuid_bytes) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool fits = dash ? text[i] == '-' : hex_value(text[i]).has_value();
    if (!fits) {
      return false;
    }
  }
  return true;
}

std::optional<WithoutIds> take_ids(std::string_view json, IdPlaces places) {
  if (has_no_places(json, places)) {
    return WithoutIds{std::string{json}, {}};
  }
  std::vector<std::string> ids;
  std::unordered_map<std::string, std::size_t> numbers;
  const IdWalk::Replace replace = [&](std::string_view text) -> std::optional<std::string> {
    if (number_of(text)) {
      return std::nullopt;
    }
    if (!is_uuid(text)) {
      return std::string{text};
    }
    const auto [at, is_new] = numbers.emplace(text, ids.size() + 1);
    if (is_new) {
      ids.emplace_back(text);
    }
    return fmt::format("#{}", at->second);
  };
  auto text = IdWalk{json, places, replace}.run();
  return text ? std::optional{WithoutIds{*std::move(text), std::move(ids)}} : std::nullopt;
}

Result<std::string> put_ids(std::string_view json, const std::vector<std::string>& ids, IdPlaces places) {
  if (ids.empty()) {
    return std::string{json};
  }
  const IdWalk::Replace replace = [&](std::string_view text) -> std::optional<std::string> {
    const auto number = number_of(text);
    if (!number) {
      return std::string{text};
    }
    const bool known = *number >= 1 && static_cast<std::uint64_t>(*number) <= ids.size();
    return known ? std::optional{ids[static_cast<std::size_t>(*number) - 1]} : std::nullopt;
  };
  auto text = IdWalk{json, places, replace}.run();
  if (!text) {
    return make_error(ErrorCode::corrupt, "a Celery job names an id that it does not keep");
  }
  return *std::move(text);
}

std::string ids_text(const std::vector<std::string>& ids) {
  JsonWriter out;
  out.begin_array();
  for (const std::string& id : ids) {
    out.bytes(id);
  }
  return out.end_array().take();
}

Result<std::vector<std::string>> parse_ids(std::optional<std::string_view> json) {
  if (!json) {
    return std::vector<std::string>{};
  }
  QSNAP_ASSIGN(std::vector<std::string> ids, codec::array_elements(*json));
  for (std::string& id : ids) {
    auto text = codec::json_text(id);
    if (!text || !is_uuid(*text)) {
      return make_error(ErrorCode::corrupt, "an id of a Celery job is no UUID");
    }
    id = *std::move(text);
  }
  return ids;
}

}  // namespace qsnap::frameworks::celery
