// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <qsnap/base/error.hpp>
#include <qsnap/model/snapshot.hpp>

/// Doubles for the tests of diff: documents of hand-written JSON lines, and just enough JSON to look into them.
namespace qsnap::test {

/// A reader for well-formed JSON without white space, as tests write it. Throws what std::string_view throws.
class MiniJson {
 public:
  using Members = std::vector<std::pair<std::string, std::string>>;

  /// Members of an object or, with empty names, elements of an array.
  static Members children(std::string_view json) {
    Members list;
    const bool object = json.front() == '{';
    for (std::size_t at = 1; json.at(at) != '}' && json.at(at) != ']';) {
      at += json.at(at) == ',' ? 1U : 0U;
      std::string name;
      if (object) {
        const std::size_t end = value_end(json, at);
        name = unquote(json.substr(at, end - at));
        at = end + 1;
      }
      const std::size_t end = value_end(json, at);
      list.emplace_back(std::move(name), json.substr(at, end - at));
      at = end;
    }
    return list;
  }

  static std::string unquote(std::string_view json) {
    std::string text;
    for (std::size_t i = 1; i + 1 < json.size(); ++i) {
      i += json[i] == '\\' ? 1U : 0U;
      text += json[i];
    }
    return text;
  }

 private:
  static std::size_t value_end(std::string_view json, std::size_t at) {
    int depth = 0;
    bool quoted = false;
    for (; at < json.size(); ++at) {
      const char c = json[at];
      if (quoted) {
        at += c == '\\' ? 1U : 0U;
        quoted = c != '"';
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if ((c == '}' || c == ']') && depth-- == 0) {
        return at;
      } else if ((c == ',' || c == ':') && depth == 0) {
        return at;
      }
    }
    return at;
  }
};

class MiniPayloadReader final : public model::PayloadReader {
 public:
  [[nodiscard]] Result<std::string> sorted(std::string_view json) const override {
    if (json.front() != '{' && json.front() != '[') {
      return std::string{json};
    }
    auto members = MiniJson::children(json);
    const bool object = json.front() == '{';
    if (object) {
      std::sort(members.begin(), members.end());
    }
    std::string text;
    for (const auto& [name, value] : members) {
      text += text.empty() ? "" : ",";
      text += object ? '"' + name + "\":" + *sorted(value) : *sorted(value);
    }
    return (object ? "{" : "[") + text + (object ? "}" : "]");
  }

  [[nodiscard]] Result<std::vector<Leaf>> leaves(std::string_view json) const override {
    std::vector<Leaf> list;
    add_leaves("", json, list);
    return list;
  }

  [[nodiscard]] Result<std::vector<model::Field>> members(std::string_view json) const override {
    std::vector<model::Field> list;
    for (auto& [name, value] : MiniJson::children(json)) {
      list.push_back({std::move(name), std::move(value)});
    }
    return list;
  }

  [[nodiscard]] std::optional<std::string> bytes(std::string_view json) const override {
    return json.starts_with('"') ? std::optional{MiniJson::unquote(json)} : std::nullopt;
  }

 private:
  static void add_leaves(const std::string& path, std::string_view json, std::vector<Leaf>& list) {
    const bool object = json.front() == '{', array = json.front() == '[';
    auto members = object || array ? MiniJson::children(json) : MiniJson::Members{};
    if (members.empty()) {
      list.push_back({path, std::string{json}});
    }
    if (object) {
      std::sort(members.begin(), members.end());
    }
    for (std::size_t i = 0; i < members.size(); ++i) {
      add_leaves(path + (array ? "[" + std::to_string(i) + "]" : step(members[i].first)), members[i].second, list);
    }
  }

  static std::string step(const std::string& name) {
    const bool identifier =
        std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
    return identifier ? "." + name : "[\"" + name + "\"]";
  }
};

/// A state as lines of JSON, one list for each section.
struct State {
  std::vector<std::string> config;
  std::vector<std::string> queues;
  std::vector<std::string> jobs;  ///< in document order
  std::vector<std::string> workers;
  std::vector<std::string> keys;
};

/// A document over a State, cut into chunks of N records. A chunk's digest is its text. Counts what is decoded.
class FakeSource final : public model::RecordSource {
 public:
  explicit FakeSource(const State& state, std::size_t records_in_a_chunk = 3) {
    const std::array lists = {&state.config, &state.queues, &state.jobs, &state.workers, &state.keys};
    for (std::size_t i = 0; i < lists.size(); ++i) {
      for (std::size_t at = 0; at < lists[i]->size(); at += records_in_a_chunk) {
        const std::size_t end = std::min(at + records_in_a_chunk, lists[i]->size());
        add_chunk(model::k_sections[i], {lists[i]->begin() + static_cast<std::ptrdiff_t>(at),
                                         lists[i]->begin() + static_cast<std::ptrdiff_t>(end)});
      }
    }
  }

  [[nodiscard]] const model::Metadata& metadata() const override { return m_metadata; }
  [[nodiscard]] std::string_view root() const override { return m_root; }
  [[nodiscard]] std::string_view fingerprint() const override { return m_fingerprint; }
  [[nodiscard]] std::span<const model::ChunkInfo> chunks() const override { return m_infos; }

  Result<void> read_chunk(std::size_t index, const ChunkReader& reader) const override {
    ++m_decoded;
    if (m_decoded > m_decodes_allowed) {
      return make_error(ErrorCode::corrupt, "this chunk is broken");
    }
    model::Chunk chunk;
    for (const std::string& line : m_chunks[index]) {
      chunk.lines.emplace_back(line);
    }
    return reader(chunk);
  }

  [[nodiscard]] Result<model::Record> parse(model::Section section, std::string_view line) const override {
    ++m_parsed;
    model::Record record;
    record.section = section;
    for (auto& [name, json] : MiniJson::children(line)) {
      if (name != "volatile") {
        record.fields.set(name, std::move(json));
        continue;
      }
      for (auto& [inner, inner_json] : MiniJson::children(json)) {
        record.volatiles.set(inner, std::move(inner_json));
      }
    }
    return record;
  }

  [[nodiscard]] std::size_t decoded() const { return m_decoded; }
  [[nodiscard]] std::size_t parsed() const { return m_parsed; }
  void capture_at(Instant at) { m_metadata.captured_at = at; }
  void claim_fingerprint(std::string fingerprint) { m_fingerprint = std::move(fingerprint); }
  void fail_after(std::size_t decodes) { m_decodes_allowed = decodes; }

 private:
  void add_chunk(model::Section section, std::vector<std::string> lines) {
    model::ChunkInfo info;
    info.section = section;
    info.records = lines.size();
    for (const std::string& line : lines) {
      info.digest += line + "\n";
    }
    info.raw_bytes = info.digest.size();
    m_root += std::string{to_text(section)} + "\n" + info.digest;
    m_infos.push_back(std::move(info));
    m_chunks.push_back(std::move(lines));
  }

  model::Metadata m_metadata;
  std::string m_root;
  std::string m_fingerprint;
  std::vector<model::ChunkInfo> m_infos;
  std::vector<std::vector<std::string>> m_chunks;
  std::size_t m_decodes_allowed = SIZE_MAX;
  mutable std::size_t m_decoded = 0;
  mutable std::size_t m_parsed = 0;
};

}  // namespace qsnap::test
