// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <map>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/frameworks/decode/pickle.hpp>
#include <qsnap/frameworks/decode/pickle_objects.hpp>
#include <qsnap/frameworks/decode/pickle_opcodes.hpp>
#include <qsnap/frameworks/decode/pickle_text.hpp>
#include <qsnap/frameworks/decode/value_tree.hpp>

namespace qsnap::frameworks::decode {

namespace {

Error malformed(std::string_view what) {
  return make_error(ErrorCode::corrupt, fmt::format("not a pickle: {}", what));
}

/// The machine of the unpickler, over descriptions instead of objects.
class PickleMachine {
 public:
  explicit PickleMachine(std::string_view bytes) : m_bytes(bytes) {}

  Result<std::string> run() {
    constexpr std::uint8_t k_newest_protocol = 5;
    for (;;) {
      QSNAP_ASSIGN(const std::uint8_t opcode, u8());
      if (opcode == op_stop) {
        break;
      }
      if (opcode == op_proto) {
        QSNAP_ASSIGN(const std::uint8_t protocol, u8());
        if (protocol > k_newest_protocol) {
          return malformed("an unknown protocol");
        }
      } else {
        QSNAP_TRY(scalar(opcode));
      }
    }
    QSNAP_ASSIGN(const ValueId root, pop());
    if (m_at != m_bytes.size()) {
      return malformed("bytes behind its end");
    }
    for (const auto& [id, object] : m_objects) {
      QSNAP_TRY(describe_object(m_tree, m_globals, id, object));
    }
    return m_tree.print(root);
  }

 private:
  enum class Role : std::uint8_t { plain, list, dict, set };

  // Input.

  Result<std::string_view> take(std::uint64_t count) {
    if (count > m_bytes.size() - m_at) {
      return make_error(ErrorCode::corrupt, "unexpected end of data");
    }
    const std::string_view taken = m_bytes.substr(m_at, count);
    m_at += count;
    return taken;
  }
  Result<std::uint64_t> little_endian(std::size_t bytes) {
    QSNAP_ASSIGN(const std::string_view raw, take(bytes));
    std::uint64_t value = 0;
    for (std::size_t i = raw.size(); i-- > 0;) {
      value = value << 8U | static_cast<unsigned char>(raw[i]);
    }
    return value;
  }
  Result<std::uint8_t> u8() {
    QSNAP_ASSIGN(const std::uint64_t value, little_endian(1));
    return static_cast<std::uint8_t>(value);
  }
  /// A block behind its length.
  Result<std::string_view> counted(std::size_t length_bytes) {
    QSNAP_ASSIGN(const std::uint64_t size, little_endian(length_bytes));
    return take(size);
  }
  Result<std::string_view> line() {
    const std::size_t end = m_bytes.find('\n', m_at);
    if (end == std::string_view::npos) {
      return make_error(ErrorCode::corrupt, "unexpected end of data");
    }
    const std::string_view text = m_bytes.substr(m_at, end - m_at);
    m_at = end + 1;
    return text;
  }

  /// Stack, marks and memo can each grow by an entry with every byte.
  static Result<void> room_for(std::size_t entries) {
    return entries < limits::k_decoded_values
               ? Result<void>{}
               : make_error(ErrorCode::limit_exceeded, "a pickle with too many values at once");
  }

  // The stack. What lies below the last mark cannot be reached.

  Result<void> push(Result<ValueId> id) {
    QSNAP_ASSIGN(const ValueId value, std::move(id));
    QSNAP_TRY(room_for(m_stack.size()));
    m_stack.push_back(value);
    return {};
  }
  Result<void> push_json(std::string json) { return push(m_tree.json(std::move(json))); }
  Result<void> push_text(std::optional<std::string> text) {
    return text ? push(m_tree.text(*std::move(text))) : malformed("a bad string");
  }
  [[nodiscard]] std::size_t fence() const { return m_marks.empty() ? 0 : m_marks.back(); }
  Result<ValueId> top() {
    return m_stack.size() > fence() ? Result<ValueId>{m_stack.back()} : malformed("an empty stack");
  }
  Result<ValueId> pop() {
    QSNAP_ASSIGN(const ValueId id, top());
    m_stack.pop_back();
    return id;
  }
  Result<std::vector<ValueId>> pop_to_mark() {
    if (m_marks.empty()) {
      return malformed("no mark");
    }
    const auto from = m_stack.begin() + static_cast<std::ptrdiff_t>(m_marks.back());
    std::vector<ValueId> items(from, m_stack.end());
    m_stack.erase(from, m_stack.end());
    m_marks.pop_back();
    return items;
  }
  Result<std::vector<ValueId>> pop_several(std::size_t count) {
    if (m_stack.size() - fence() < count) {
      return malformed("an empty stack");
    }
    const auto from = m_stack.end() - static_cast<std::ptrdiff_t>(count);
    std::vector<ValueId> items(from, m_stack.end());
    m_stack.erase(from, m_stack.end());
    return items;
  }

  // Values.

  Result<ValueId> with_role(Result<ValueId> id, Role role) {
    QSNAP_ASSIGN(const ValueId value, std::move(id));
    m_roles.resize(m_tree.size(), Role::plain);
    m_roles[value] = role;
    return value;
  }
  [[nodiscard]] bool has_role(ValueId id, Role role) const { return id < m_roles.size() && m_roles[id] == role; }

  Result<ValueId> dict(std::vector<ValueId> items) {
    if (items.size() % 2 != 0) {
      return malformed("a key without a value");
    }
    return with_role(m_tree.add({Value::Kind::map, {}, std::move(items)}), Role::dict);
  }
  Result<ValueId> set(std::vector<ValueId> items) {
    QSNAP_ASSIGN(const ValueId elements, m_tree.array(std::move(items)));
    return with_role(m_tree.object({{"$set", elements}}), Role::set);
  }
  Result<ValueId> global(std::string_view module, std::string_view name) {
    // Protocols 0 to 2 have the modules' names of Python 2.
    const std::string_view today = module == "__builtin__" ? "builtins" : (module == "copy_reg" ? "copyreg" : module);
    QSNAP_TRY(m_tree.charge(today.size() + name.size()));  // before memory is taken for it
    QSNAP_ASSIGN(const ValueId full, m_tree.text(fmt::format("{}.{}", today, name)));
    QSNAP_ASSIGN(const ValueId id, m_tree.object({{"$global", full}}));
    m_globals.emplace(id, full);
    return id;
  }
  Result<ValueId> object(PickledObject description) {
    QSNAP_ASSIGN(const ValueId id, m_tree.json("null"));  // until it is described
    m_objects.emplace(id, description);
    return id;
  }

  /// Where APPENDS and ADDITEMS put elements.
  Result<ValueId> elements_of(ValueId id) {
    if (has_role(id, Role::list)) {
      return id;
    }
    if (has_role(id, Role::set)) {
      return m_tree[id].items[1];
    }
    const auto at = m_objects.find(id);
    if (at == m_objects.end()) {
      return malformed("elements for what is no list");
    }
    if (!at->second.items) {
      QSNAP_ASSIGN(at->second.items, m_tree.array({}));
    }
    return *at->second.items;
  }
  Result<ValueId> dict_of(ValueId id) {
    if (has_role(id, Role::dict)) {
      return id;
    }
    const auto at = m_objects.find(id);
    if (at == m_objects.end()) {
      return malformed("members for what is no dict");
    }
    if (!at->second.dict) {
      QSNAP_ASSIGN(at->second.dict, dict({}));
    }
    return *at->second.dict;
  }
  Result<void> append(ValueId to, const std::vector<ValueId>& items) {
    std::vector<ValueId>& all = m_tree[to].items;
    all.insert(all.end(), items.begin(), items.end());
    return {};
  }

  // The opcodes, in four groups; each hands on what it does not know.

  Result<void> scalar(std::uint8_t opcode) {
    switch (opcode) {
      case op_none:
        return push_json("null");
      case op_newtrue:
        return push_json("true");
      case op_newfalse:
        return push_json("false");
      case op_binint: {
        QSNAP_ASSIGN(const std::uint64_t value, little_endian(4));
        return push_json(fmt::format("{}", static_cast<std::int32_t>(value)));
      }
      case op_binint1:
      case op_binint2: {
        QSNAP_ASSIGN(const std::uint64_t value, little_endian(opcode == op_binint1 ? 1 : 2));
        return push_json(fmt::format("{}", value));
      }
      case op_long1:
      case op_long4: {
        QSNAP_ASSIGN(const std::string_view value, counted(opcode == op_long1 ? 1 : 4));
        return push_json(long_json(value));
      }
      case op_int:
      case op_long: {
        QSNAP_ASSIGN(const std::string_view text, line());
        return integer(opcode, text);
      }
      case op_float: {
        QSNAP_ASSIGN(const std::string_view text, line());
        const auto value = parse_double(text);
        return value || text == "nan" ? push_json(text == "nan" ? R"({"$float":"nan"})" : float_json(*value))
                                      : malformed("a bad float");
      }
      case op_binfloat: {
        QSNAP_ASSIGN(const std::string_view raw, take(8));
        std::uint64_t bits = 0;
        for (const char c : raw) {
          bits = bits << 8U | static_cast<unsigned char>(c);
        }
        return push_json(float_json(std::bit_cast<double>(bits)));
      }
      default:
        return text(opcode);
    }
  }

  Result<void> integer(std::uint8_t opcode, std::string_view digits) {
    if (opcode == op_int && (digits == "00" || digits == "01")) {  // how protocol 0 spells bool
      return push_json(digits == "01" ? "true" : "false");
    }
    auto json = integer_line(digits);
    return json ? push_json(*std::move(json)) : malformed("a bad integer");
  }

  Result<void> text(std::uint8_t opcode) {
    switch (opcode) {
      case op_string: {
        QSNAP_ASSIGN(const std::string_view quoted, line());
        return push_text(quoted_line(quoted));
      }
      case op_unicode: {
        QSNAP_ASSIGN(const std::string_view raw, line());
        return push_text(raw_unicode_line(raw));
      }
      case op_short_binstring:
      case op_short_binunicode:
        return counted_text(1);
      case op_binstring:
      case op_binunicode:
        return counted_text(4);
      case op_binunicode8:
        return counted_text(8);
      case op_short_binbytes:
        return counted_bytes(1);
      case op_binbytes:
        return counted_bytes(4);
      case op_binbytes8:
      case op_bytearray8:
        return counted_bytes(8);
      default:
        return container(opcode);
    }
  }
  Result<void> counted_text(std::size_t length_bytes) {
    QSNAP_ASSIGN(const std::string_view raw, counted(length_bytes));
    return push(m_tree.text(std::string{raw}));
  }
  Result<void> counted_bytes(std::size_t length_bytes) {
    QSNAP_ASSIGN(const std::string_view raw, counted(length_bytes));
    return push(m_tree.bytes(std::string{raw}));
  }

  Result<void> container(std::uint8_t opcode) {
    switch (opcode) {
      case op_empty_list:
        return push(with_role(m_tree.array({}), Role::list));
      case op_empty_tuple:
        return push(m_tree.array({}));
      case op_empty_dict:
        return push(dict({}));
      case op_empty_set:
        return push(set({}));
      case op_tuple1:
      case op_tuple2:
      case op_tuple3: {
        QSNAP_ASSIGN(std::vector<ValueId> items, pop_several(opcode - op_tuple1 + 1U));
        return push(m_tree.array(std::move(items)));
      }
      case op_list:
      case op_tuple: {
        QSNAP_ASSIGN(std::vector<ValueId> items, pop_to_mark());
        return push(with_role(m_tree.array(std::move(items)), opcode == op_list ? Role::list : Role::plain));
      }
      case op_dict: {
        QSNAP_ASSIGN(std::vector<ValueId> items, pop_to_mark());
        return push(dict(std::move(items)));
      }
      case op_frozenset: {
        QSNAP_ASSIGN(std::vector<ValueId> items, pop_to_mark());
        return push(set(std::move(items)));
      }
      case op_append:
      case op_appends:
      case op_additems:
      case op_setitem:
      case op_setitems:
        return fill(opcode);
      default:
        return called(opcode);
    }
  }

  Result<void> fill(std::uint8_t opcode) {
    const bool by_mark = opcode == op_appends || opcode == op_additems || opcode == op_setitems;
    const bool is_pair = opcode == op_setitem || opcode == op_setitems;
    QSNAP_ASSIGN(const std::vector<ValueId> items, by_mark ? pop_to_mark() : pop_several(is_pair ? 2 : 1));
    if (is_pair && items.size() % 2 != 0) {
      return malformed("a key without a value");
    }
    QSNAP_ASSIGN(const ValueId target, top());
    QSNAP_ASSIGN(const ValueId to, is_pair ? dict_of(target) : elements_of(target));
    return append(to, items);
  }

  Result<void> called(std::uint8_t opcode) {
    switch (opcode) {
      case op_global: {
        QSNAP_ASSIGN(const std::string_view module, line());
        QSNAP_ASSIGN(const std::string_view name, line());
        return push(global(module, name));
      }
      case op_stack_global: {
        QSNAP_ASSIGN(const std::vector<ValueId> names, pop_several(2));
        const Value &module = m_tree[names[0]], &name = m_tree[names[1]];
        const bool are_texts = module.kind == Value::Kind::text && name.kind == Value::Kind::text;
        // Copies: the tree grows while the name is put together.
        return are_texts ? push(global(std::string{module.text}, std::string{name.text})) : malformed("a bad name");
      }
      case op_reduce:
      case op_newobj: {
        QSNAP_ASSIGN(const std::vector<ValueId> parts, pop_several(2));
        return push_object(parts[0], parts[1], std::nullopt);
      }
      case op_newobj_ex: {
        QSNAP_ASSIGN(const std::vector<ValueId> parts, pop_several(3));
        return push_object(parts[0], parts[1], parts[2]);
      }
      case op_obj: {
        QSNAP_ASSIGN(const std::vector<ValueId> parts, pop_to_mark());
        if (parts.empty()) {
          return malformed("an object without a class");
        }
        QSNAP_ASSIGN(const ValueId args, m_tree.array({parts.begin() + 1, parts.end()}));
        return push_object(parts[0], args, std::nullopt);
      }
      case op_inst: {
        QSNAP_ASSIGN(const std::string_view module, line());
        QSNAP_ASSIGN(const std::string_view name, line());
        QSNAP_ASSIGN(std::vector<ValueId> items, pop_to_mark());
        QSNAP_ASSIGN(const ValueId class_id, global(module, name));
        QSNAP_ASSIGN(const ValueId args, m_tree.array(std::move(items)));
        return push_object(class_id, args, std::nullopt);
      }
      case op_build: {
        QSNAP_ASSIGN(const ValueId state, pop());
        QSNAP_ASSIGN(const ValueId target, top());
        const auto at = m_objects.find(target);
        if (at == m_objects.end()) {
          return malformed("a state for what is no object");
        }
        at->second.state = state;
        return {};
      }
      default:
        return outside(opcode);
    }
  }

  Result<void> push_object(ValueId callable, ValueId args, std::optional<ValueId> kwargs) {
    if (m_tree[args].kind != Value::Kind::array) {
      return malformed("arguments that are no tuple");
    }
    return push(object({callable, args, kwargs, {}, {}, {}}));
  }

  /// What stands for something outside of the pickle.
  Result<void> outside(std::uint8_t opcode) {
    switch (opcode) {
      case op_persid: {
        QSNAP_ASSIGN(const std::string_view id, line());
        return push(m_tree.tagged("$persistent", std::string{id}));
      }
      case op_binpersid: {
        QSNAP_ASSIGN(const ValueId id, pop());
        return push(m_tree.object({{"$persistent", id}}));
      }
      case op_ext1:
      case op_ext2:
      case op_ext4: {
        QSNAP_ASSIGN(const std::uint64_t code, little_endian(std::size_t{1} << (opcode - op_ext1)));
        QSNAP_ASSIGN(const ValueId number, m_tree.json(fmt::format("{}", code)));
        return push(m_tree.object({{"$extension", number}}));
      }
      case op_next_buffer: {
        QSNAP_ASSIGN(const ValueId number, m_tree.json(fmt::format("{}", m_buffers++)));
        return push(m_tree.object({{"$buffer", number}}));
      }
      case op_readonly_buffer:
        return {};
      default:
        return bookkeeping(opcode);
    }
  }

  Result<void> bookkeeping(std::uint8_t opcode) {
    switch (opcode) {
      case op_mark:
        QSNAP_TRY(room_for(m_marks.size()));
        m_marks.push_back(m_stack.size());
        return {};
      case op_pop: {
        if (!m_marks.empty() && m_stack.size() == m_marks.back()) {
          m_marks.pop_back();
          return {};
        }
        QSNAP_TRY(pop());
        return {};
      }
      case op_pop_mark: {
        QSNAP_TRY(pop_to_mark());
        return {};
      }
      case op_dup:
        return push(top());
      case op_frame: {
        QSNAP_TRY(little_endian(8));
        return {};
      }
      case op_memoize:
        return remember(m_memo.size());
      case op_put:
      case op_get: {
        QSNAP_ASSIGN(const std::string_view text, line());
        const auto index = parse_integer(text);
        if (!index || *index < 0) {
          return malformed("a bad memo index");
        }
        const auto at = static_cast<std::uint64_t>(*index);
        return opcode == op_put ? remember(at) : push(remembered(at));
      }
      case op_binput:
      case op_long_binput: {
        QSNAP_ASSIGN(const std::uint64_t at, little_endian(opcode == op_binput ? 1 : 4));
        return remember(at);
      }
      case op_binget:
      case op_long_binget: {
        QSNAP_ASSIGN(const std::uint64_t at, little_endian(opcode == op_binget ? 1 : 4));
        return push(remembered(at));
      }
      default:
        return malformed(fmt::format("it has no opcode {:#04x}", opcode));
    }
  }
  Result<void> remember(std::uint64_t index) {
    QSNAP_ASSIGN(const ValueId id, top());
    QSNAP_TRY(room_for(m_memo.size()));
    m_memo.insert_or_assign(index, id);
    return {};
  }
  Result<ValueId> remembered(std::uint64_t index) const {
    const auto at = m_memo.find(index);
    return at == m_memo.end() ? malformed("nothing in its memo") : Result<ValueId>{at->second};
  }

  std::string_view m_bytes;
  std::size_t m_at = 0;
  std::vector<ValueId> m_stack;
  std::vector<std::size_t> m_marks;  ///< heights of the stack
  std::unordered_map<std::uint64_t, ValueId> m_memo;
  ValueTree m_tree;
  std::vector<Role> m_roles;  ///< by value; shorter where the rest is plain
  Globals m_globals;
  std::map<ValueId, PickledObject> m_objects;  ///< in the order in which they were made
  std::uint64_t m_buffers = 0;
};

}  // namespace

Result<std::string> pickle_json(std::string_view bytes) {
  return PickleMachine{bytes}.run();
}

}  // namespace qsnap::frameworks::decode
