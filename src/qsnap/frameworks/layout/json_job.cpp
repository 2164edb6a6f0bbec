// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/json_peek.hpp>
#include <qsnap/frameworks/json_split.hpp>
#include <qsnap/frameworks/layout/json_job.hpp>
#include <qsnap/frameworks/layout/json_line.hpp>

namespace qsnap::frameworks::layout {

namespace {

using model::Field;
using model::ItemBlock;
using model::Record;

constexpr std::string_view k_json = "json";
constexpr std::string_view k_any_name = "*";

/// What stands at one place of the usual order of an object's members.
struct Slot {
  enum class Holds : std::uint8_t {
    line,    ///< the member of one line
    rest,    ///< all members without a slot of their own
    object,  ///< the object that further lines take apart
  };
  Holds holds = Holds::line;
  std::string_view name;
  JsonMember line;         ///< of Holds::line
  std::size_t object = 0;  ///< of Holds::object: index into the tables
};

/// The lines of one object: of the whole job, or of an object in it.
struct Table {
  std::string_view name;  ///< empty for the whole
  std::string rest_member;
  std::string order_member;
  std::vector<Slot> slots;  ///< in the usual order; one of them holds the rest
};

Table make_table(std::string_view name) {
  return name.empty() ? Table{name, "opts", "order", {}}
                      : Table{name, std::string{name}, fmt::format("{}_order", name), {}};
}

std::optional<std::size_t> find_slot(const Table& table, std::string_view name) {
  const auto at = std::find_if(table.slots.begin(), table.slots.end(),
                               [&](const Slot& slot) { return slot.holds != Slot::Holds::rest && slot.name == name; });
  return at == table.slots.end() ? std::nullopt : std::optional{static_cast<std::size_t>(at - table.slots.begin())};
}

void add_line(Table& table, const JsonMember& line, std::string_view name) {
  if (line.kind == JsonKind::rest) {
    table.rest_member = line.member;
    table.slots.push_back({Slot::Holds::rest, k_any_name, {}, 0});
  } else {
    table.slots.push_back({Slot::Holds::line, name, line, 0});
  }
}

/// Tables of a spec; the first one is that of the whole object.
std::vector<Table> make_tables(const std::vector<JsonMember>& lines) {
  std::vector<Table> tables = {make_table({})};
  for (const JsonMember& line : lines) {
    const std::size_t dot = line.path.find('.');
    if (dot == std::string_view::npos) {
      add_line(tables.front(), line, line.path);
      continue;
    }
    const std::string_view object = line.path.substr(0, dot);
    auto slot = find_slot(tables.front(), object);
    if (!slot) {
      slot = tables.front().slots.size();
      tables.front().slots.push_back({Slot::Holds::object, object, {}, tables.size()});
      tables.push_back(make_table(object));
    }
    add_line(tables[tables.front().slots[*slot].object], line, line.path.substr(dot + 1));
  }
  for (Table& table : tables) {
    const bool has_rest = std::any_of(table.slots.begin(), table.slots.end(),
                                      [](const Slot& slot) { return slot.holds == Slot::Holds::rest; });
    if (!has_rest) {
      table.slots.push_back({Slot::Holds::rest, k_any_name, {}, 0});
    }
  }
  return tables;
}

const Field* find_member(const std::vector<Field>& members, std::string_view name) {
  const auto at = std::find_if(members.begin(), members.end(), [&](const Field& m) { return m.name == name; });
  return at == members.end() ? nullptr : &*at;
}

bool has_type(std::string_view json, JsonType type) {
  switch (type) {
    case JsonType::any:
      return true;
    case JsonType::text:
      return json.starts_with('"');
    case JsonType::object:
      return json.starts_with('{');
    case JsonType::array:
      return json.starts_with('[');
    case JsonType::number:
      return !json.empty() && (json.front() == '-' || is_digit(json.front()));
  }
  return false;
}

bool has_required(const std::vector<Field>& members, const JsonRequired& required) {
  const std::size_t dot = required.path.find('.');
  const std::string_view name = required.path.substr(0, dot);
  const Field* const member = find_member(members, name);
  if (member == nullptr || dot == std::string_view::npos) {
    return member != nullptr && has_type(member->json, required.type);
  }
  const auto inner = peek_member(member->json, required.path.substr(dot + 1));
  return inner && has_type(*inner, required.type);
}

/// Whether the text could nest deeper than embed() allows. Counting is cheap, so embed() is asked only then.
bool may_be_deep(std::string_view text) {
  constexpr std::ptrdiff_t k_harmless = 64;
  return std::count(text.begin(), text.end(), '{') + std::count(text.begin(), text.end(), '[') > k_harmless;
}

std::string names_text(const std::vector<Field>& members) {
  JsonWriter names;
  names.begin_array();
  for (const Field& member : members) {
    names.bytes(member.name);
  }
  return names.end_array().take();
}

/// The members in this order: those that `order` names, then the others. No name comes twice.
std::vector<Field> arrange(std::vector<Field> members, const std::vector<std::string>& order) {
  std::vector<std::size_t> sorted(members.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    sorted[i] = i;
  }
  std::sort(sorted.begin(), sorted.end(),
            [&](std::size_t a, std::size_t b) { return members[a].name < members[b].name; });
  std::vector<std::size_t> places;  // indexes in the wanted order
  std::vector<bool> placed(members.size());
  for (const std::string& name : order) {
    const auto at = std::lower_bound(sorted.begin(), sorted.end(), name,
                                     [&](std::size_t i, std::string_view wanted) { return members[i].name < wanted; });
    if (at != sorted.end() && members[*at].name == name && !placed[*at]) {
      placed[*at] = true;
      places.push_back(*at);
    }
  }
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (!placed[i]) {
      places.push_back(i);
    }
  }
  std::vector<Field> arranged;
  arranged.reserve(members.size());
  for (const std::size_t place : places) {
    arranged.push_back(std::move(members[place]));
  }
  return arranged;
}

class JsonJob final : public JobFormat {
 public:
  explicit JsonJob(JsonJobSpec spec) : m_spec(std::move(spec)), m_tables(make_tables(m_spec.members)) {
    const bool own_style = std::any_of(m_spec.members.begin(), m_spec.members.end(), [](const JsonMember& line) {
      return line.member == "payload" && line.kind != JsonKind::meaning;
    });
    m_style_member = own_style ? "object_enc" : "enc";
  }

  bool describe(const JobContext& job, const ItemBlock& body, Record& record) const override {
    auto members = body.size() == 1 ? codec::object_members(body[0]) : Result<std::vector<Field>>{not_a_job()};
    const bool complete =
        members && std::all_of(m_spec.required.begin(), m_spec.required.end(),
                               [&](const JsonRequired& required) { return has_required(*members, required); });
    if (!complete) {
      return false;
    }
    const auto style = style_of(body[0], *members);
    if (!style) {
      return false;
    }
    describe_object(m_tables.front(), job, *members, record);
    if (m_style_member == "enc" || *style != k_json) {
      record.fields.set(m_style_member, json_string(*style));
    }
    return true;
  }

  Result<ItemBlock> body(const JobContext& job, const Record& record) const override {
    QSNAP_ASSIGN(const auto members, object_of(m_tables.front(), job, record));
    std::string text = object_text(members.value_or(std::vector<Field>{}));
    if (const auto json = record.fields.find(m_style_member)) {
      const auto style = codec::json_text(*json);
      if (!style) {
        return unreadable(m_style_member);
      }
      QSNAP_ASSIGN(text, codec::unembed(text, *style));
    }
    ItemBlock items;
    items.push(text);
    return items;
  }

 private:
  [[nodiscard]] Error not_a_job() const {
    return make_error(ErrorCode::corrupt, fmt::format("not a job of {}", m_spec.framework));
  }
  [[nodiscard]] Error unreadable(std::string_view member) const {
    return make_error(ErrorCode::corrupt,
                      fmt::format("member {} of a {} job cannot be read", member, m_spec.framework));
  }

  /// The style that the object is written in, absent for none.
  [[nodiscard]] std::optional<std::string> style_of(std::string_view body, const std::vector<Field>& members) const {
    if (!may_be_deep(body)) {
      const auto usual = codec::unembed(object_text(members), m_spec.style);
      if (usual && *usual == body) {
        return std::string{m_spec.style};
      }
    }
    codec::Embedded embedded = codec::embed(body);
    return embedded.enc.starts_with(k_json) ? std::optional{std::move(embedded.enc)} : std::nullopt;
  }

  /// Sets the members of the record for one object, and what is needed to put it together again.
  void describe_object(const Table& table, const JobContext& job, const std::vector<Field>& members,
                       Record& record) const {
    std::vector<Field> rest;
    std::vector<bool> taken(table.slots.size());
    bool shown = false;  // some member says that the object is there
    for (const Field& member : members) {
      const auto slot = find_slot(table, member.name);
      if (slot && describe_slot(table.slots[*slot], job, member.json, record)) {
        taken[*slot] = true;
        shown = shown || !is_implied(table.slots[*slot].line, job);
      } else {
        rest.push_back(member);
      }
    }
    if (!in_usual_order(table, job, members, rest, taken)) {
      record.volatiles.set(table.order_member, names_text(members));
    }
    if (!rest.empty() || (!table.name.empty() && !shown)) {
      record.fields.set(table.rest_member, object_text(rest));
    }
  }

  [[nodiscard]] bool describe_slot(const Slot& slot, const JobContext& job, std::string_view json,
                                   Record& record) const {
    if (slot.holds == Slot::Holds::line) {
      return describe_line(slot.line, m_spec.is_generated, job, json, record);
    }
    const auto members = codec::object_members(json);
    if (members) {
      describe_object(m_tables[slot.object], job, *members, record);
    }
    return members.has_value();
  }

  /// Whether object_of gives these members in this order without being told one.
  [[nodiscard]] static bool in_usual_order(const Table& table, const JobContext& job, const std::vector<Field>& members,
                                           const std::vector<Field>& rest, const std::vector<bool>& taken) {
    auto next = members.begin();
    const auto is_next = [&](std::string_view name) { return next != members.end() && (next++)->name == name; };
    for (std::size_t i = 0; i < table.slots.size(); ++i) {
      const Slot& slot = table.slots[i];
      if (slot.holds == Slot::Holds::rest) {
        const bool fits = std::all_of(rest.begin(), rest.end(), [&](const Field& member) {
          return find_slot(table, member.name) || is_next(member.name);
        });
        if (!fits) {
          return false;
        }
        continue;
      }
      const bool implied = slot.holds == Slot::Holds::line && is_implied(slot.line, job);
      const bool there = taken[i] || implied || find_member(rest, slot.name) != nullptr;
      if (there && !is_next(slot.name)) {
        return false;
      }
    }
    return next == members.end();
  }

  /// The members of one object; absent if the record does not show one.
  Result<std::optional<std::vector<Field>>> object_of(const Table& table, const JobContext& job,
                                                      const Record& record) const {
    const auto rest_json = record.fields.find(table.rest_member);
    std::vector<Field> rest;
    if (rest_json) {
      QSNAP_ASSIGN(rest, codec::object_members(*rest_json));
    }
    std::vector<Field> members;
    bool shown = table.name.empty() || rest_json.has_value();
    const auto order_json = record.volatiles.find(table.order_member);
    QSNAP_ASSIGN(const auto order, names_of(order_json));
    for (const Slot& slot : table.slots) {
      if (slot.holds == Slot::Holds::rest) {
        std::copy_if(rest.begin(), rest.end(), std::back_inserter(members),
                     [&](const Field& member) { return !find_slot(table, member.name); });
        continue;
      }
      if (const Field* const unusual = find_member(rest, slot.name)) {
        members.push_back(*unusual);
        continue;
      }
      QSNAP_ASSIGN(auto json, slot_value(slot, job, record));
      const bool told = slot.holds == Slot::Holds::line && is_implied(slot.line, job);
      // Whoever writes an order says whether the job repeats its place.
      const bool left_out = told && order_json && std::find(order.begin(), order.end(), slot.name) == order.end();
      if (json && !left_out) {
        shown = shown || !told;
        members.push_back({std::string{slot.name}, *std::move(json)});
      }
    }
    if (!shown) {
      return std::optional<std::vector<Field>>{};
    }
    return std::optional{order_json ? arrange(std::move(members), order) : std::move(members)};
  }

  Result<std::optional<std::string>> slot_value(const Slot& slot, const JobContext& job, const Record& record) const {
    if (slot.holds == Slot::Holds::line) {
      return line_value(slot.line, job, record);
    }
    QSNAP_ASSIGN(const auto members, object_of(m_tables[slot.object], job, record));
    return members ? std::optional{object_text(*members)} : std::nullopt;
  }

  Result<std::vector<std::string>> names_of(std::optional<std::string_view> order) const {
    if (!order) {
      return std::vector<std::string>{};
    }
    QSNAP_ASSIGN(std::vector<std::string> names, codec::array_elements(*order));
    for (std::string& name : names) {
      auto text = codec::json_text(name);
      if (!text) {
        return unreadable("order");
      }
      name = *std::move(text);
    }
    return names;
  }

  JsonJobSpec m_spec;
  std::vector<Table> m_tables;
  std::string_view m_style_member;
};

}  // namespace

std::shared_ptr<const JobFormat> make_json_job(JsonJobSpec spec) {
  return std::make_shared<JsonJob>(std::move(spec));
}

}  // namespace qsnap::frameworks::layout
