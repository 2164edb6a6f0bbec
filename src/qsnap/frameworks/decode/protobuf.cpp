// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/frameworks/decode/protobuf.hpp>
#include <qsnap/frameworks/decode/value_tree.hpp>
#include <qsnap/frameworks/decode/wire.hpp>

namespace qsnap::frameworks::decode {

namespace {

/// Bytes are tried as a message once on each level, so this bounds the work, too.
constexpr std::size_t k_message_levels = 16;

bool reads_as_text(std::string_view bytes) {
  const auto is_control = [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
  };
  return is_utf8(bytes) && std::none_of(bytes.begin(), bytes.end(), is_control);
}

class MessageReader {
 public:
  explicit MessageReader(ValueTree& tree) : m_tree(tree) {}

  Result<ValueId> message(std::string_view bytes, std::size_t level) {
    std::map<std::uint32_t, std::vector<ValueId>> fields;
    for (WireReader reader{bytes}; !reader.at_end();) {
      QSNAP_ASSIGN(const WireField field, reader.next());
      QSNAP_ASSIGN(const ValueId id, value(field, level));
      fields[field.number].push_back(id);
    }
    std::vector<ValueId> items;
    for (auto& [number, values] : fields) {
      QSNAP_ASSIGN(const ValueId key, m_tree.text(fmt::format("{}", number)));
      QSNAP_ASSIGN(const ValueId id, values.size() == 1 ? Result{values.front()} : m_tree.array(std::move(values)));
      items.insert(items.end(), {key, id});
    }
    return m_tree.add({Value::Kind::map, {}, std::move(items)});
  }

 private:
  Result<ValueId> value(const WireField& field, std::size_t level) {
    if (field.type != WireType::bytes) {
      return m_tree.json(fmt::format("{}", field.value));
    }
    if (reads_as_text(field.bytes)) {
      return m_tree.text(std::string{field.bytes});
    }
    const std::size_t before = m_tree.size();
    if (level < k_message_levels) {
      Result<ValueId> inner = message(field.bytes, level + 1);
      if (inner || inner.error().code == ErrorCode::limit_exceeded) {
        return inner;
      }
    }
    m_tree.rewind(before);
    return m_tree.bytes(std::string{field.bytes});
  }

  ValueTree& m_tree;
};

}  // namespace

Result<std::string> protobuf_json(std::string_view message) {
  ValueTree tree;
  QSNAP_ASSIGN(const ValueId root, MessageReader{tree}.message(message, 1));
  return tree.print(root);
}

}  // namespace qsnap::frameworks::decode
