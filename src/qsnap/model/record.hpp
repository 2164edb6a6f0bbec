// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qsnap::model {

/// The five flat arrays of a document, in document order.
enum class Section : std::uint8_t { config, queues, jobs, workers, keys };

inline constexpr std::array k_sections = {Section::config, Section::queues, Section::jobs, Section::workers,
                                          Section::keys};

[[nodiscard]] std::string_view to_text(Section section);

/// One member of a record: a name and the canonical JSON text of its value (no white space, shortest string
/// escapes, number text as found, member order as found).
struct Field {
  std::string name;
  std::string json;

  friend bool operator==(const Field&, const Field&) = default;
};

/// Members sorted by name. Names are ours, so they are ASCII and byte order is RFC 8785 order.
class Fields {
 public:
  /// Adds or replaces.
  void set(std::string_view name, std::string json);
  void erase(std::string_view name);
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const { return find(name).has_value(); }

  [[nodiscard]] bool empty() const { return m_fields.empty(); }
  [[nodiscard]] std::size_t size() const { return m_fields.size(); }
  [[nodiscard]] auto begin() const { return m_fields.begin(); }
  [[nodiscard]] auto end() const { return m_fields.end(); }

  friend bool operator==(const Fields&, const Fields&) = default;

 private:
  std::vector<Field> m_fields;
};

/// One line of a document.
///
/// `fields` carry meaning. `volatiles` is the record's member "volatile": generated ids, instants, worker names,
/// the order of JSON members: noise to a comparison, needed by a load.
///
/// Names in `volatiles` that end in "_at_s", "_at_ms", "_at_us" or "_at_ns" are instants since the epoch, as number
/// text in that unit, those in "_at_iso" are instants as text: that is how a load shifts the time of any framework
/// (model/time_shift.hpp).
struct Record {
  Section section = Section::keys;
  Fields fields;
  Fields volatiles;

  friend bool operator==(const Record&, const Record&) = default;
};

}  // namespace qsnap::model
