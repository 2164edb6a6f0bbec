// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <sstream>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/config/yaml_tree.hpp>

namespace qsnap::config {

namespace {

constexpr std::size_t k_depth = 32;

struct Problem {
  int line = 1;
  std::string what;
};

int line_of(const YAML::Mark& mark) {
  return mark.line + 1;
}

YamlNode make_node(YamlNode::Kind kind, const YAML::Mark& mark) {
  YamlNode node;
  node.kind = kind;
  node.line = line_of(mark);
  return node;
}

/// Builds the tree from the parser's events. The node API would do it, too, but it expands aliases and forgets that
/// there were any. After the first problem it only lets the parser run to its end.
class TreeBuilder final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++m_documents > 1) {
      fail(mark, "only one document is allowed");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    if (key_comes_next()) {
      fail(mark, "a key must be a name");
    }
    add(make_node(YamlNode::Kind::null, mark));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { fail(mark, "aliases are not allowed"); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    const bool plain = tag == "?";
    if (key_comes_next()) {
      if (plain && value == "<<") {
        fail(mark, "merge keys are not allowed");
      }
      open_key(mark, value);
      return;
    }
    YamlNode node = make_node(YamlNode::Kind::scalar, mark);
    node.quoted = !plain;
    node.scalar = value;
    add(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, YamlNode::Kind::sequence);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, YamlNode::Kind::map);
  }
  void OnMapEnd() override { close(); }

  [[nodiscard]] const std::optional<Problem>& problem() const { return m_problem; }
  [[nodiscard]] YamlNode take() { return std::move(m_root); }

 private:
  /// A collection that is not closed yet. In a map, keys and values take turns.
  struct Frame {
    YamlNode node;
    bool has_key = false;
    std::unordered_set<std::string> names;
  };

  void fail(const YAML::Mark& mark, std::string what) {
    if (!m_problem) {
      m_problem = Problem{line_of(mark), std::move(what)};
    }
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      fail(mark, "anchors are not allowed");
    }
  }

  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    const bool none_written = tag.empty() || tag == "?" || tag == "!";
    if (!none_written) {
      fail(mark, "tags are not allowed");
    }
  }

  [[nodiscard]] bool key_comes_next() const {
    return !m_open.empty() && m_open.back().node.kind == YamlNode::Kind::map && !m_open.back().has_key;
  }

  void open_key(const YAML::Mark& mark, const std::string& name) {
    Frame& frame = m_open.back();
    if (!frame.names.insert(name).second) {
      fail(mark, fmt::format("key \"{}\" is there twice", name));
    }
    if (!m_problem) {
      frame.node.members.push_back({.name = name, .line = line_of(mark), .value = {}});
      frame.has_key = true;
    }
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (key_comes_next()) {
      fail(mark, "a key must be a name");
    }
    if (m_open.size() >= k_depth) {
      fail(mark, fmt::format("nested more than {} levels deep", k_depth));
    }
    if (!m_problem) {
      m_open.push_back({.node = make_node(kind, mark), .names = {}});
    }
  }

  void close() {
    if (m_problem) {
      return;
    }
    YamlNode node = std::move(m_open.back().node);
    m_open.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (m_problem) {
      return;
    }
    if (m_open.empty()) {
      m_root = std::move(node);
      return;
    }
    Frame& frame = m_open.back();
    if (frame.node.kind == YamlNode::Kind::sequence) {
      frame.node.items.push_back(std::move(node));
    } else {
      frame.node.members.back().value = std::move(node);
      frame.has_key = false;
    }
  }

  int m_documents = 0;
  std::optional<Problem> m_problem;
  std::vector<Frame> m_open;
  YamlNode m_root;
};

/// yaml-cpp ends its sentences with a stop now and then and starts none with a name.
std::string tidy(std::string message) {
  while (message.ends_with('.')) {
    message.pop_back();
  }
  return message;
}

}  // namespace

bool YamlNode::empty() const {
  return kind == Kind::null || (kind == Kind::sequence && items.empty()) || (kind == Kind::map && members.empty());
}

Error config_error(std::string_view file_name, int line, std::string_view what) {
  return make_error(ErrorCode::config, fmt::format("{}:{}: {}", file_name, line, what));
}

Result<YamlNode> parse_yaml(std::string_view text, std::string_view file_name) {
  if (text.size() > limits::k_config_bytes) {
    return make_error(ErrorCode::config,
                      fmt::format("{} is larger than {} KiB", file_name, limits::k_config_bytes / limits::k_kib));
  }
  if (!is_utf8(text)) {
    return make_error(ErrorCode::config, fmt::format("{} is not UTF-8 text", file_name));
  }
  TreeBuilder builder;
  try {
    std::istringstream stream{std::string{text}};
    YAML::Parser parser{stream};
    while (!builder.problem() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& failure) {
    if (!builder.problem()) {
      return config_error(file_name, std::max(1, line_of(failure.mark)), tidy(failure.msg));
    }
  }
  if (builder.problem()) {
    return config_error(file_name, builder.problem()->line, builder.problem()->what);
  }
  return builder.take();
}

}  // namespace qsnap::config
