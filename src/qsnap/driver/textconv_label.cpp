// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/base/text.hpp>
#include <qsnap/base/utf8.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/driver/textconv_label.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::driver {

namespace {

constexpr std::size_t k_longest_part = 120;

/// exact: the text is all that there is to say.
enum class Likeness : std::uint8_t { exact, rough };

struct Part {
  std::string text;
  Likeness likeness = Likeness::exact;
};

/// At most so many bytes of UTF-8, no character divided.
Part shortened(std::string text) {
  if (text.size() <= k_longest_part) {
    return {std::move(text)};
  }
  return {text.substr(0, character_start(text, k_longest_part)) + "…", Likeness::rough};
}

Part part_of(std::string_view json) {
  const auto bytes = codec::json_to_bytes(json);
  if (bytes && is_utf8(*bytes)) {
    return shortened(*bytes);
  }
  return {shortened(bytes ? report::queue_text(*bytes) : std::string{json}).text, Likeness::rough};
}

/// Puts a label together: words with a blank between them.
class LabelBuilder {
 public:
  LabelBuilder(std::string_view word, const model::Fields& fields) : m_fields(fields) { m_label.text = word; }

  /// A member that ends where the next blank is.
  void add_word(std::string_view member) {
    add(member, "", [](std::string_view text) { return text.find(' ') == std::string_view::npos; });
  }
  /// A member up to the '#' of an id.
  void add_name(std::string_view member) {
    add(member, "", [](std::string_view text) { return text.find('#') == std::string_view::npos; });
  }
  /// The last member.
  void add_rest(std::string_view member, std::string_view mark = "") {
    add(member, mark, [](std::string_view) { return true; });
  }

  [[nodiscard]] Label take() { return std::move(m_label); }

 private:
  template <class EndsClearly>
  void add(std::string_view member, std::string_view mark, const EndsClearly& ends_clearly) {
    const auto json = m_fields.find(member);
    if (!json) {
      return;
    }
    const Part part = part_of(*json);
    m_label.text.append(" ").append(mark).append(part.text);
    if (part.likeness == Likeness::exact && !part.text.empty() && ends_clearly(part.text)) {
      m_label.says.push_back(member);
    }
  }

  const model::Fields& m_fields;
  Label m_label;
};

void add_job(LabelBuilder& label) {
  label.add_word("queue");
  label.add_word("state");
  label.add_name("name");
  label.add_rest("id", "#");
}

/// What belongs to a queue, or else to a framework, whose name is a member all the same: nobody shall take it for a
/// queue's.
Label label_with_id(std::string_view word, const model::Fields& fields) {
  const bool has_queue = fields.contains("queue");
  LabelBuilder builder{word, fields};
  builder.add_word(has_queue ? "queue" : "framework");
  builder.add_rest("id");
  Label label = builder.take();
  if (!has_queue) {
    std::erase(label.says, "framework");
  }
  return label;
}

}  // namespace

Label label_of(const model::Record& record) {
  switch (record.section) {
    case model::Section::jobs: {
      LabelBuilder label{"job", record.fields};
      add_job(label);
      return label.take();
    }
    case model::Section::queues: {
      LabelBuilder label{"queue", record.fields};
      label.add_rest("queue");
      return label.take();
    }
    case model::Section::keys: {
      LabelBuilder label{"key", record.fields};
      label.add_rest("key");
      return label.take();
    }
    case model::Section::config:
      return label_with_id("schedule", record.fields);
    case model::Section::workers:
      break;
  }
  return label_with_id("worker", record.fields);
}

Label conflict_label(const model::Fields& members) {
  LabelBuilder label{"conflict", members};
  label.add_word("subject");
  add_job(label);
  return {label.take().text, {}};
}

}  // namespace qsnap::driver
