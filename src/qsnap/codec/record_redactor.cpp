// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/base64.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/codec/json_styles.hpp>
#include <qsnap/codec/record_redactor.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::codec {

namespace {

using model::Field;
using model::Fields;
using model::MemberKind;
using model::Record;

constexpr std::string_view k_json = "json", k_text = "text", k_base64 = "base64";

/// Members whose numbers are a user's and not a framework's.
bool is_foreign(std::string_view member) {
  constexpr std::array<std::string_view, 4> k_foreign = {"data", "payload", "progress", "return_value"};
  return std::find(k_foreign.begin(), k_foreign.end(), member) != k_foreign.end();
}

bool is_container_or_text(std::string_view json) {
  return json.starts_with('{') || json.starts_with('[') || json.starts_with('"');
}

std::string style_member(std::string_view member) {
  return member == "payload" ? "enc" : std::string{member} + "_enc";
}

std::string style_of(const Fields& members, std::string_view member) {
  const auto json = members.find(style_member(member));
  return json ? json_text(*json).value_or(std::string{}) : std::string{};
}

/// A backtrace as Sidekiq packs it: base64 of zlib. Nothing can be found in it, so an empty one ("[]") takes its place.
std::optional<std::string> without_packed_trace(std::string_view json) {
  constexpr std::string_view k_packed_start = "\"eJ", k_packed_nothing = "\"eJyLjgUAARUAuQ==\"";
  const bool packed = json.starts_with(k_packed_start) && json.find_first_of(" \\{") == std::string_view::npos;
  return packed && json != k_packed_nothing ? std::optional{std::string{k_packed_nothing}} : std::nullopt;
}

}  // namespace

/// The members of one record, with what has changed so far.
class RecordRedactor::Members {
 public:
  Members(const TextRedactor& texts, const Record& record, const PathTest& named)
      : m_texts(texts), m_record(record), m_named(named) {}

  Result<void> run() {
    for (const Fields* fields : {&m_record.fields, &m_record.volatiles}) {
      m_is_volatile = fields == &m_record.volatiles;
      for (const Field& field : *fields) {
        QSNAP_TRY(member(field));
      }
    }
    if (changed()) {
      find_styles_again();
    }
    return {};
  }

  [[nodiscard]] bool changed() const { return !m_changed.empty(); }
  /// REQUIRES: changed()
  [[nodiscard]] Record take() { return *std::move(m_copy); }

 private:
  /// The copy that is changed: most records need none.
  [[nodiscard]] Record& copy() {
    if (!m_copy) {
      m_copy = m_record;
    }
    return *m_copy;
  }
  [[nodiscard]] Fields& target() { return m_is_volatile ? copy().volatiles : copy().fields; }
  [[nodiscard]] const Fields& source() const { return m_is_volatile ? m_record.volatiles : m_record.fields; }

  void set(std::string_view member, std::string json) {
    target().set(member, std::move(json));
    m_changed.emplace_back(member);
  }
  void set_if(std::string_view member, std::optional<std::string> json) {
    if (json) {
      set(member, *std::move(json));
    }
  }

  Result<void> member(const Field& field) {
    const MemberKind kind = model::member_kind(field.name);
    if (kind == MemberKind::word || (!is_container_or_text(field.json) && !is_foreign(field.name))) {
      return {};
    }
    if (field.name == "queue" || field.name == "framework") {
      queue(field);
    } else if (field.name == "refs") {
      return refs(field);
    } else if (field.name == "ref_ids" && m_record.fields.contains("refs")) {
      return {};  // went with them
    } else if (field.name == "id" && m_is_volatile) {
      generated_id(field);
    } else if (kind == MemberKind::structure) {
      structure(field);
    } else {
      value(field);
    }
    return {};
  }

  void queue(const Field& field) {
    const auto id = json_to_bytes(field.json);
    const auto redacted = id ? redact_queue_id(m_texts, *id) : std::nullopt;
    if (redacted) {
      set(field.name, json_bytes(*redacted));
    }
  }

  void structure(const Field& field) {
    if (const auto bytes = json_to_bytes(field.json)) {
      if (const auto redacted = m_texts.shapes(*bytes)) {
        set(field.name, json_bytes(*redacted));
      }
      return;
    }
    set_if(field.name, m_texts.json(field.json, {"", nullptr, Look::shapes}));
  }

  /// A token is no id that a framework makes, so it stands where chosen ids stand.
  void generated_id(const Field& field) {
    const auto bytes = json_to_bytes(field.json);
    const auto redacted = bytes ? m_texts.shapes(*bytes) : std::nullopt;
    if (redacted && !m_record.fields.contains("id")) {
      copy().volatiles.erase("id");
      copy().fields.set("id", json_bytes(*redacted));
      m_changed.emplace_back("id");
    } else {
      structure(field);
    }
  }

  void value(const Field& field) {
    const std::string path = (m_is_volatile ? ".volatile." : ".") + field.name;
    const ValuePlace place{path, &m_named, Look::everything};
    const std::string style = style_of(source(), field.name);
    if (style == k_text || style == k_base64) {
      opaque(field, style, place);
      return;
    }
    if (field.name == "stacktrace" && m_is_volatile) {
      if (auto empty = without_packed_trace(field.json)) {
        set(field.name, *std::move(empty));
        return;
      }
    }
    if (!style.empty() || is_foreign(field.name)) {
      set_if(field.name, m_texts.json(field.json, place));
    } else {
      bytes_or_json(field, place);
    }
  }

  /// Form B, or JSON.
  void bytes_or_json(const Field& field, const ValuePlace& place) {
    if (const auto bytes = json_to_bytes(field.json)) {
      if (const auto redacted = m_texts.bytes(*bytes, place)) {
        set(field.name, json_bytes(*redacted));
      }
    } else {
      set_if(field.name, m_texts.json(field.json, place));
    }
  }

  /// A value that no JSON style prints.
  void opaque(const Field& field, std::string_view style, const ValuePlace& place) {
    const auto bytes = unembed(field.json, style);
    const auto redacted = bytes ? m_texts.bytes(*bytes, place) : std::nullopt;
    if (redacted) {
      Embedded embedded = embed(*redacted);
      set(field.name, std::move(embedded.json));
      target().set(style_member(field.name), json_string(embedded.enc));
    }
  }

  /// One of refs, and what stands parallel to it in the volatile members.
  struct Ref {
    std::string role;
    std::string json;
    std::string id;
    std::string score;  ///< empty but for unsuccessful ones

    friend auto operator<=>(const Ref&, const Ref&) = default;
  };

  /// Refs of one role are sorted by what they say, so they are sorted again.
  Result<void> refs(const Field& field) {
    QSNAP_ASSIGN(std::vector<Ref> refs, parsed_refs(field.json));
    const std::vector<Ref> before = refs;
    for (Ref& ref : refs) {
      QSNAP_TRY(redact_ref(ref));
    }
    if (refs == before) {
      return {};
    }
    for (auto begin = refs.begin(); begin != refs.end();) {
      const auto end = std::find_if(begin, refs.end(), [&](const Ref& ref) { return ref.role != begin->role; });
      std::sort(begin, end);
      begin = end;
    }
    JsonWriter all, ids, scores;
    all.begin_array();
    ids.begin_array();
    scores.begin_array();
    for (const Ref& ref : refs) {
      all.raw(ref.json);
      ids.raw(ref.id);
      if (!ref.score.empty()) {
        scores.raw(ref.score);
      }
    }
    set(field.name, all.end_array().take());
    copy().volatiles.set("ref_ids", ids.end_array().take());
    if (m_record.volatiles.contains("ref_scores")) {
      copy().volatiles.set("ref_scores", scores.end_array().take());
    }
    return {};
  }

  [[nodiscard]] Result<std::vector<Ref>> parsed_refs(std::string_view json) const {
    QSNAP_ASSIGN(std::vector<std::string> elements, array_elements(json));
    QSNAP_ASSIGN(std::vector<std::string> ids, array_elements(m_record.volatiles.find("ref_ids").value_or("[]")));
    QSNAP_ASSIGN(std::vector<std::string> scores, array_elements(m_record.volatiles.find("ref_scores").value_or("[]")));
    if (ids.size() != elements.size()) {
      return make_error(ErrorCode::internal, "a job's refs and their ids differ in number");
    }
    std::vector<Ref> refs;
    std::size_t scored = 0;
    for (std::size_t i = 0; i < elements.size(); ++i) {
      QSNAP_ASSIGN(const std::vector<Field> members, object_members(elements[i]));
      const auto role = std::find_if(members.begin(), members.end(), [](const Field& f) { return f.name == "role"; });
      Ref& ref = refs.emplace_back();
      ref.role = role == members.end() ? std::string{} : role->json;
      ref.json = std::move(elements[i]);
      ref.id = std::move(ids[i]);
      if (ref.role == R"("unsuccessful")" && scored < scores.size()) {
        ref.score = std::move(scores[scored++]);
      }
    }
    return refs;
  }

  Result<void> redact_ref(Ref& ref) const {
    QSNAP_ASSIGN(std::vector<Field> members, object_members(ref.json));
    const auto style =
        std::find_if(members.begin(), members.end(), [](const Field& f) { return f.name == "value_enc"; });
    std::string enc = style == members.end() ? std::string{} : json_text(style->json).value_or(std::string{});
    for (Field& member : members) {
      if (member.name == "value") {
        redact_ref_value(member, enc);
      } else if (const auto bytes = json_to_bytes(member.json); bytes && member.name != "role") {
        const auto redacted = member.name == "queue" ? redact_queue_id(m_texts, *bytes) : m_texts.shapes(*bytes);
        member.json = redacted ? json_bytes(*redacted) : member.json;
      }
    }
    JsonWriter out;
    out.begin_object();
    for (const Field& member : members) {
      if (member.name != "value_enc") {
        out.key(member.name).raw(member.json);
      } else if (enc != k_json) {
        out.key(member.name).bytes(enc);
      }
    }
    ref.json = out.end_object().take();
    const auto id = json_to_bytes(ref.id);
    const auto redacted_id = id ? m_texts.shapes(*id) : std::nullopt;
    ref.id = redacted_id ? json_bytes(*redacted_id) : ref.id;
    return {};
  }

  void redact_ref_value(Field& member, std::string& enc) const {
    const ValuePlace place{".refs", &m_named, Look::everything};
    if (enc.empty()) {
      member.json = m_texts.json(member.json, place).value_or(member.json);
      return;
    }
    const auto bytes = unembed(member.json, enc);
    const auto redacted = bytes ? m_texts.bytes(*bytes, place) : std::nullopt;
    if (redacted) {
      Embedded embedded = embed(*redacted);
      member.json = std::move(embedded.json);
      enc = std::move(embedded.enc);
    }
  }

  /// A style is the first one that gives back the bytes, and what told two styles apart may be gone now: characters
  /// beyond ASCII, a slash.
  void find_styles_again() {
    for (Fields* fields : {&m_copy->fields, &m_copy->volatiles}) {
      std::vector<Field> styles;
      for (const Field& field : *fields) {
        const bool names_style = field.name == "enc" || field.name.ends_with("_enc");
        const JsonStyle* const style = names_style ? find_json_style(json_text(field.json).value_or("")) : nullptr;
        const auto printed = style == nullptr ? std::nullopt : changed_text_of(*fields, field.name);
        if (printed) {
          styles.push_back({field.name, json_string(first_style(*printed, *style))});
        }
      }
      for (Field& style : styles) {
        if (style.json == json_string(k_json) && style.name != "enc") {
          fields->erase(style.name);
        } else {
          fields->set(style.name, std::move(style.json));
        }
      }
    }
  }

  /// What that style prints, if some of it was changed. A record that remembers its order is one JSON text; else it is
  /// the member and what was taken out of it.
  [[nodiscard]] std::optional<std::string> changed_text_of(const Fields& fields, std::string_view style_name) const {
    if (m_copy->volatiles.contains("order")) {
      std::string all;
      for (const Fields* each : {&m_copy->fields, &m_copy->volatiles}) {
        for (const Field& field : *each) {
          all += field.json + ',';
        }
      }
      return all;
    }
    const std::string member{style_name == "enc" ? "payload" : style_name.substr(0, style_name.rfind('_'))};
    const auto belongs = [&](const std::string& name) { return name == member || name.starts_with(member + '_'); };
    if (std::none_of(m_changed.begin(), m_changed.end(), belongs)) {
      return std::nullopt;
    }
    std::string all{fields.find(member).value_or("")};
    for (const Field& taken : m_copy->volatiles) {
      all += belongs(taken.name) ? ',' + taken.json : std::string{};
    }
    return all;
  }

  static std::string first_style(const std::string& text, const JsonStyle& style) {
    const std::string printed = restyle(text, style);
    if (printed == text) {
      return std::string{k_json};
    }
    const auto styles = json_styles();
    const auto first = std::find_if(styles.begin(), styles.end(),
                                    [&](const JsonStyle& each) { return restyle(text, each) == printed; });
    return std::string{first->enc};
  }

  const TextRedactor& m_texts;
  const Record& m_record;
  const PathTest& m_named;
  std::optional<Record> m_copy;
  bool m_is_volatile = false;
  std::vector<std::string> m_changed;  ///< names of members
};

std::optional<std::string> redact_queue_id(const TextRedactor& texts, std::string_view id) {
  auto queue = model::QueueId::parse(id);
  if (!queue) {
    return texts.shapes(id);  // "sidekiq:" and a namespace
  }
  const auto name_space = texts.shapes(queue->name_space), name = texts.shapes(queue->name);
  if (!name_space && !name) {
    return std::nullopt;
  }
  queue->name_space = name_space.value_or(queue->name_space);
  queue->name = name.value_or(queue->name);
  return queue->text();
}

RecordRedactor::RecordRedactor(const Redaction& redaction)
    : m_redaction(redaction), m_texts(redaction.rules, redaction.key) {}

Result<std::optional<Record>> RecordRedactor::redact(const Record& record) const {
  const PathTest named = m_redaction.paths ? m_redaction.paths(record) : PathTest{};
  if (record.section == model::Section::keys) {
    return redact_key(record, named);
  }
  if (m_redaction.rules.opaque == model::OpaquePayload::refuse) {
    QSNAP_TRY(check_payload(record));
  }
  Members members{m_texts, record, named};
  QSNAP_TRY(members.run());
  return members.changed() ? std::optional{members.take()} : std::nullopt;
}

Result<void> RecordRedactor::check_payload(const Record& record) const {
  const std::string style = style_of(record.fields, "payload");
  if (style != k_text && style != k_base64) {
    return {};
  }
  const auto bytes = unembed(record.fields.find("payload").value_or("\"\""), style);
  if (bytes && canonical_json(*bytes)) {
    return {};
  }
  const auto shown = [&](std::string_view member) {
    const auto json = record.fields.contains(member) ? record.fields.find(member) : record.volatiles.find(member);
    const std::string text = json ? json_to_bytes(*json).value_or(std::string{*json}) : std::string{"?"};
    return m_texts.shapes(text).value_or(text);
  };
  return make_error(ErrorCode::refused,
                    fmt::format("job {} of queue {} has a payload that is not JSON, so redaction cannot look into it",
                                shown("id"), shown("queue")),
                    {"to replace only what looks like a secret in such payloads, set redact.strict to false"});
}

Result<std::optional<Record>> RecordRedactor::redact_key(const Record& record, const PathTest& named) const {
  const std::string key = json_to_bytes(record.fields.find("key").value_or("\"\"")).value_or(std::string{});
  const std::string type = json_text(record.fields.find("type").value_or("\"\"")).value_or(std::string{});
  const std::string_view part = record.fields.find("part").value_or("0");
  const std::string path = part == "0" ? ".items" : fmt::format(".parts[{}].items", part);
  const ValuePlace place{path, &named, Look::everything};
  const std::string_view last_name = std::string_view{key}.substr(key.rfind(':') + 1);
  QSNAP_ASSIGN(auto items, redact_items(m_texts, record.fields.find("items").value_or("[]"), type, last_name, place));
  auto name = m_texts.shapes(key);
  if (!items && !name) {
    return std::optional<Record>{};
  }
  Record redacted = record;
  if (items) {
    redacted.fields.set("items", *std::move(items));
  }
  if (name) {
    redacted.fields.set("key", json_bytes(*name));
  }
  return std::optional{std::move(redacted)};
}

}  // namespace qsnap::codec
