// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdlib>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/frameworks/decode/pickle_objects.hpp>
#include <qsnap/frameworks/decode/pickle_text.hpp>

namespace qsnap::frameworks::decode {

namespace {

using Kind = Value::Kind;

constexpr std::string_view k_timezone = "$timezone";

/// A well-known object in a readable form: the tag and its text, or plain bytes where the tag is empty.
struct Readable {
  std::string_view tag;
  std::string text;
};

using Arguments = std::vector<ValueId>;

std::optional<std::int64_t> integer_of(const ValueTree& tree, ValueId id) {
  constexpr std::size_t k_most_digits = 20;
  const Value& value = tree[id];
  return value.kind == Kind::json && value.text.size() <= k_most_digits ? parse_integer(value.text) : std::nullopt;
}

/// Bytes, or a string of Python 2 that was meant as bytes.
std::optional<std::string> bytes_of(const ValueTree& tree, ValueId id, std::size_t size) {
  const Value& value = tree[id];
  const bool fits = (value.kind == Kind::bytes || value.kind == Kind::text) && value.text.size() == size;
  return fits ? std::optional{value.text} : std::nullopt;
}

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

std::string date_text(std::string_view bytes) {
  return fmt::format("{:04}-{:02}-{:02}", byte_at(bytes, 0) << 8U | byte_at(bytes, 1), byte_at(bytes, 2) & 0x7FU,
                     byte_at(bytes, 3));
}

/// Hour, minute, second, three bytes of microseconds.
std::string time_text(std::string_view bytes) {
  const unsigned us = byte_at(bytes, 3) << 16U | byte_at(bytes, 4) << 8U | byte_at(bytes, 5);
  std::string text = fmt::format("{:02}:{:02}:{:02}", byte_at(bytes, 0) & 0x7FU, byte_at(bytes, 1), byte_at(bytes, 2));
  return us == 0 ? text : fmt::format("{}.{:06}", text, us);
}

/// The second argument of datetime and time: "+02:00" of a timezone; absent for zones of other libraries.
std::optional<std::string> offset_text(const ValueTree& tree, const Arguments& args) {
  if (args.size() < 2) {
    return std::string{};
  }
  const Value& zone = tree[args[1]];
  const bool is_timezone = zone.kind == Kind::map && zone.items.size() == 2 && tree[zone.items[0]].text == k_timezone;
  return is_timezone ? std::optional{tree[zone.items[1]].text} : std::nullopt;
}

std::optional<Readable> datetime_of(const ValueTree& tree, const Arguments& args) {
  constexpr std::size_t k_bytes = 10, k_date_bytes = 4;
  const auto bytes = args.empty() || args.size() > 2 ? std::nullopt : bytes_of(tree, args[0], k_bytes);
  const auto offset = bytes ? offset_text(tree, args) : std::nullopt;
  if (!offset) {
    return std::nullopt;
  }
  const std::string_view all = *bytes;
  return Readable{"$datetime", fmt::format("{}T{}{}", date_text(all), time_text(all.substr(k_date_bytes)), *offset)};
}

std::optional<Readable> date_of(const ValueTree& tree, const Arguments& args) {
  const auto bytes = args.size() == 1 ? bytes_of(tree, args[0], 4) : std::nullopt;
  return bytes ? std::optional{Readable{"$date", date_text(*bytes)}} : std::nullopt;
}

std::optional<Readable> time_of(const ValueTree& tree, const Arguments& args) {
  const auto bytes = args.empty() || args.size() > 2 ? std::nullopt : bytes_of(tree, args[0], 6);
  const auto offset = bytes ? offset_text(tree, args) : std::nullopt;
  return offset ? std::optional{Readable{"$time", time_text(*bytes) + *offset}} : std::nullopt;
}

/// As Python's str() has it: "-1 day, 23:59:59.500000".
std::optional<Readable> timedelta_of(const ValueTree& tree, const Arguments& args) {
  constexpr std::int64_t k_day_s = 86400, k_us = 1'000'000;
  if (args.size() != 3) {
    return std::nullopt;
  }
  const auto days = integer_of(tree, args[0]), seconds = integer_of(tree, args[1]), us = integer_of(tree, args[2]);
  const bool normal = days && seconds && us && *seconds >= 0 && *seconds < k_day_s && *us >= 0 && *us < k_us;
  if (!normal) {
    return std::nullopt;
  }
  std::string text = *days == 0 ? "" : fmt::format("{} {}, ", *days, *days == 1 || *days == -1 ? "day" : "days");
  fmt::format_to(std::back_inserter(text), "{}:{:02}:{:02}", *seconds / 3600, *seconds / 60 % 60, *seconds % 60);
  return Readable{"$timedelta", *us == 0 ? text : fmt::format("{}.{:06}", text, *us)};
}

/// Of the text of a timedelta: "2:00:00" is "+02:00", "-1 day, 22:30:00" is "-01:30".
std::optional<Readable> timezone_of(const ValueTree& tree, const Arguments& args) {
  const Value* const delta = args.size() == 1 ? &tree[args[0]] : nullptr;
  const bool is_timedelta = delta != nullptr && delta->kind == Kind::map && delta->items.size() == 2 &&
                            tree[delta->items[0]].text == "$timedelta";
  if (!is_timedelta) {
    return std::nullopt;
  }
  constexpr std::string_view k_day_before = "-1 day, ";
  std::string_view text = std::string_view{tree[delta->items[1]].text}.substr(0, k_day_before.size() + 8);
  const bool negative = text.starts_with(k_day_before);
  text.remove_prefix(negative ? k_day_before.size() : 0);
  const std::size_t colon = text.find(':');
  const auto hours = parse_integer(text.substr(0, colon));
  const bool whole_minutes = text.ends_with(":00") && text.size() == text.substr(0, colon).size() + 6;
  if (!hours || !whole_minutes) {
    return std::nullopt;
  }
  const std::int64_t minutes = 60 * *hours + 10 * std::int64_t{text[colon + 1] - '0'} + (text[colon + 2] - '0');
  const std::int64_t offset = negative ? std::int64_t{24} * 60 - minutes : minutes;
  return Readable{k_timezone, fmt::format("{}{:02}:{:02}", negative ? '-' : '+', offset / 60, offset % 60)};
}

std::optional<Readable> decimal_of(const ValueTree& tree, const Arguments& args) {
  const bool has_text = args.size() == 1 && tree[args[0]].kind == Kind::text;
  return has_text ? std::optional{Readable{"$decimal", tree[args[0]].text}} : std::nullopt;
}

/// _codecs.encode(text, "latin1"): how protocols 0 to 2 spell bytes.
std::optional<Readable> encoded_of(const ValueTree& tree, const Arguments& args) {
  const bool is_latin1 = args.size() == 2 && tree[args[0]].kind == Kind::text &&
                         (tree[args[1]].text == "latin1" || tree[args[1]].text == "latin-1");
  auto bytes = is_latin1 ? latin1_bytes(tree[args[0]].text) : std::nullopt;
  return bytes ? std::optional{Readable{"", *std::move(bytes)}} : std::nullopt;
}

/// bytes() and bytearray(…).
std::optional<Readable> bytes_call_of(const ValueTree& tree, const Arguments& args) {
  if (args.empty()) {
    return Readable{};
  }
  const bool copies = args.size() == 1 && tree[args[0]].kind == Kind::bytes;
  return copies ? std::optional{Readable{"", tree[args[0]].text}} : encoded_of(tree, args);
}

struct WellKnown {
  std::string_view name;
  std::optional<Readable> (*read)(const ValueTree&, const Arguments&);
};

constexpr std::array k_well_known = {
    WellKnown{"_codecs.encode", encoded_of},       WellKnown{"builtins.bytearray", bytes_call_of},
    WellKnown{"builtins.bytes", bytes_call_of},    WellKnown{"datetime.date", date_of},
    WellKnown{"datetime.datetime", datetime_of},   WellKnown{"datetime.time", time_of},
    WellKnown{"datetime.timedelta", timedelta_of}, WellKnown{"datetime.timezone", timezone_of},
    WellKnown{"decimal.Decimal", decimal_of},
};

/// 128 bits in decimal → 8-4-4-4-12.
std::optional<std::string> uuid_text(std::string_view digits) {
  std::string bytes(16, '\0');
  for (const char c : digits) {
    auto carry = static_cast<unsigned>(c - '0');
    if (carry > 9) {
      return std::nullopt;
    }
    for (std::size_t i = bytes.size(); i-- > 0;) {
      carry += 10 * byte_at(bytes, i);
      bytes[i] = static_cast<char>(carry & 0xFFU);
      carry >>= 8U;
    }
    if (carry != 0) {
      return std::nullopt;
    }
  }
  std::string text = to_hex(bytes);
  for (const std::size_t dash : {20U, 16U, 12U, 8U}) {
    text.insert(dash, 1, '-');
  }
  return text;
}

/// A UUID is its state {"int": n}; Python 3.8 and newer may say one thing more in it.
std::optional<Readable> uuid_of(const ValueTree& tree, const PickledObject& object) {
  const Value* const state = object.state ? &tree[*object.state] : nullptr;
  if (state == nullptr || state->kind != Kind::map) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < state->items.size() && i < 4; i += 2) {
    const Value& number = tree[state->items[i + 1]];
    if (tree[state->items[i]].text == "int" && number.kind == Kind::json) {
      auto text = uuid_text(number.text);
      return text ? std::optional{Readable{"$uuid", *std::move(text)}} : std::nullopt;
    }
  }
  return std::nullopt;
}

Result<std::optional<Readable>> readable(ValueTree& tree, std::string_view name, const PickledObject& object) {
  using Found = std::optional<Readable>;
  if (object.kwargs || object.items || object.dict) {
    return Found{};
  }
  if (name == "uuid.UUID") {
    return uuid_of(tree, object);
  }
  for (const WellKnown& type : k_well_known) {
    if (type.name == name && !object.state && object.args) {
      const Arguments& args = tree[*object.args].items;
      QSNAP_TRY(tree.charge(args.empty() ? 0 : tree[args.front()].text.size()));  // a million calls may share one text
      return type.read(tree, args);
    }
  }
  return Found{};
}

bool is_empty(const ValueTree& tree, ValueId id) {
  return (tree[id].kind == Kind::array || tree[id].kind == Kind::map) && tree[id].items.empty();
}

std::string_view name_of(const ValueTree& tree, const Globals& globals, ValueId id) {
  const auto at = globals.find(id);
  return at == globals.end() ? std::string_view{} : std::string_view{tree[at->second].text};
}

/// copyreg._reconstructor(class, base, value): how protocols 0 and 1 make an object.
Result<void> unwrap_reconstructor(ValueTree& tree, const Globals& globals, PickledObject& object) {
  if (name_of(tree, globals, object.callable) != "copyreg._reconstructor" || !object.args ||
      tree[*object.args].items.size() != 3) {
    return {};
  }
  const Arguments args = tree[*object.args].items;
  object.callable = args[0];
  object.args.reset();
  if (name_of(tree, globals, args[1]) != "builtins.object") {
    QSNAP_ASSIGN(object.args, tree.array({args[2]}));
  }
  return {};
}

/// Members without what is empty.
Result<void> describe_members(ValueTree& tree, const Globals& globals, ValueId id, const PickledObject& object) {
  std::vector<ValueId> items;
  const auto append = [&](std::string_view member, std::optional<ValueId> value) -> Result<void> {
    if (value && !is_empty(tree, *value)) {
      QSNAP_ASSIGN(const ValueId key, tree.text(std::string{member}));
      items.insert(items.end(), {key, *value});
    }
    return {};
  };
  const auto name = globals.find(object.callable);
  QSNAP_TRY(append("$object", name == globals.end() ? object.callable : name->second));
  QSNAP_TRY(append("args", object.args));
  QSNAP_TRY(append("kwargs", object.kwargs));
  QSNAP_TRY(append("items", object.items));
  QSNAP_TRY(append("dict", object.dict));
  QSNAP_TRY(append("state", object.state));
  return tree.replace(id, {Kind::map, {}, std::move(items)});
}

Result<void> describe_readable(ValueTree& tree, ValueId id, Readable value) {
  if (value.tag.empty()) {
    return tree.replace(id, {Kind::bytes, std::move(value.text), {}});
  }
  QSNAP_ASSIGN(const ValueId key, tree.text(std::string{value.tag}));
  QSNAP_ASSIGN(const ValueId text, tree.text(std::move(value.text)));
  return tree.replace(id, {Kind::map, {}, {key, text}});
}

}  // namespace

Result<void> describe_object(ValueTree& tree, const Globals& globals, ValueId id, PickledObject object) {
  QSNAP_TRY(unwrap_reconstructor(tree, globals, object));
  const std::string name{name_of(tree, globals, object.callable)};
  QSNAP_ASSIGN(auto value, readable(tree, name, object));
  if (value) {
    return describe_readable(tree, id, *std::move(value));
  }
  const bool is_set = name == "builtins.set" || name == "builtins.frozenset";
  if (is_set && object.args && tree[*object.args].items.size() == 1 && !object.items && !object.state) {
    QSNAP_ASSIGN(const ValueId key, tree.text("$set"));
    return tree.replace(id, {Kind::map, {}, {key, tree[*object.args].items.front()}});
  }
  return describe_members(tree, globals, id, object);
}

}  // namespace qsnap::frameworks::decode
