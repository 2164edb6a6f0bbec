// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/huey/task.hpp>
#include <qsnap/frameworks/layout/ids.hpp>
#include <qsnap/model/iso_instant.hpp>

namespace qsnap::frameworks::huey {

namespace {

using layout::JobContext;
using layout::JobFormat;
using model::ItemBlock;
using model::Record;

constexpr std::string_view k_payload = "payload";
constexpr std::string_view k_id = "id";
constexpr std::string_view k_eta = "eta_at_iso";
constexpr std::string_view k_queued = "queued_at_us";

constexpr std::size_t k_clock_bytes = 8;
constexpr std::size_t k_id_bytes = 36;
constexpr std::size_t k_eta_bytes = 10;
constexpr std::string_view k_message = "\x8c\rhuey.registry\x94\x8c\aMessage\x94\x93\x94(\x8c$";
constexpr std::string_view k_datetime =
    "\x8c\bdatetime\x94\x8c\bdatetime\x94\x93\x94"
    "C\n";
constexpr std::string_view k_no_id = "00000000-0000-0000-0000-000000000000";
constexpr std::string_view k_no_eta{"\x07\xd0\x01\x01\0\0\0\0\0\0", k_eta_bytes};

/// Where in a pickle the members are that differ from run to run.
struct Places {
  std::size_t id = 0;
  std::string_view name;
  std::optional<std::size_t> eta;
};

std::optional<Places> find_places(std::string_view pickle) {
  constexpr std::size_t k_header = 11;  // protocol and frame
  if (pickle.size() < k_header || !pickle.substr(k_header).starts_with(k_message)) {
    return std::nullopt;
  }
  Places places;
  places.id = k_header + k_message.size();
  // Behind the id its memo, then the name: SHORT_BINUNICODE, one byte of length, text, memo.
  std::string_view rest = pickle.substr(std::min(pickle.size(), places.id + k_id_bytes));
  constexpr std::string_view k_text = "\x94\x8c";
  const std::size_t size = rest.size() > 3 && rest.starts_with(k_text) ? static_cast<unsigned char>(rest[2]) : 0;
  if (size == 0 || rest.size() < size + 4 || !layout::is_uuid(pickle.substr(places.id, k_id_bytes))) {
    return std::nullopt;
  }
  places.name = rest.substr(3, size);
  rest.remove_prefix(size + 4);
  if (rest.starts_with(k_datetime) && rest.size() >= k_datetime.size() + k_eta_bytes) {
    places.eta = pickle.size() - rest.size() + k_datetime.size();
  }
  return places;
}

/// A datetime's ten bytes: two of the year, month, day, hour, minute, second, three of microseconds.
std::string eta_text(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[i])); };
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}", at(0) << 8U | at(1), at(2), at(3), at(4), at(5),
                     at(6), at(7) << 16U | at(8) << 8U | at(9));
}

std::optional<std::string> eta_bytes(std::string_view text) {
  constexpr std::array<std::pair<std::size_t, std::size_t>, 7> k_digits = {
      {{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}, {20, 6}}};
  constexpr std::array<std::size_t, 7> k_sizes = {2, 1, 1, 1, 1, 1, 3};
  constexpr std::size_t k_text_size = 26;
  if (text.size() != k_text_size || !model::IsoInstant::parse(text)) {
    return std::nullopt;
  }
  std::string bytes;
  for (std::size_t i = 0; i < k_digits.size(); ++i) {
    std::uint32_t number = 0;
    for (const char c : text.substr(k_digits[i].first, k_digits[i].second)) {
      if (!is_digit(c)) {
        return std::nullopt;
      }
      number = number * 10 + static_cast<std::uint32_t>(c - '0');
    }
    for (std::size_t byte = k_sizes[i]; byte > 0; --byte) {
      bytes += static_cast<char>(number >> (8 * (byte - 1)) & 0xffU);
    }
  }
  return bytes;
}

Error no_place(std::string_view member) {
  return make_error(ErrorCode::corrupt, fmt::format("the payload of a task has no place for its {}", member));
}

class TaskFormat final : public JobFormat {
 public:
  explicit TaskFormat(Prefix prefix) : m_prefix(prefix) {}

  bool describe(const JobContext& /*job*/, const ItemBlock& body, Record& record) const override {
    if (body.size() != 1) {
      return false;
    }
    std::string payload{body[0]};
    if (m_prefix == Prefix::clock && !take_clock(payload, record)) {
      return false;
    }
    if (const auto places = find_places(payload)) {
      record.fields.set("name", json_bytes(places->name));
      record.volatiles.set(k_id, json_bytes(payload.substr(places->id, k_id_bytes)));
      if (places->eta) {
        record.volatiles.set(k_eta, json_string(eta_text(std::string_view{payload}.substr(*places->eta, k_eta_bytes))));
        payload.replace(*places->eta, k_eta_bytes, k_no_eta);
      }
      payload.replace(places->id, k_id_bytes, k_no_id);
    }
    describe_embedded(k_payload, payload, record.fields, payload.starts_with('\x80') ? "pickle" : "");
    return true;
  }

  Result<ItemBlock> body(const JobContext& /*job*/, const Record& record) const override {
    const auto json = record.fields.find(k_payload);
    if (!json) {
      return make_error(ErrorCode::corrupt, "a task has no payload");
    }
    QSNAP_ASSIGN(std::string bytes, embedded_bytes(k_payload, *json, record.fields));
    QSNAP_TRY(put_members(record, bytes));
    if (m_prefix == Prefix::clock) {
      QSNAP_ASSIGN(const auto us, integer_member(record.volatiles, k_queued));
      if (!us) {
        return make_error(ErrorCode::corrupt, "a task with a priority does not say when it was queued");
      }
      bytes.insert(0, clock_bytes(static_cast<std::uint64_t>(*us)));
    }
    ItemBlock items;
    items.push(bytes);
    return items;
  }

 private:
  static bool take_clock(std::string& payload, Record& record) {
    std::uint64_t us = 0;
    for (std::size_t i = 0; i < std::min(payload.size(), k_clock_bytes); ++i) {
      us = us << 8U | static_cast<unsigned char>(payload[i]);
    }
    // Beyond, it would be no integer of a document.
    if (payload.size() < k_clock_bytes || us >> 62U != 0) {
      return false;
    }
    record.volatiles.set(k_queued, fmt::format("{}", us));
    payload.erase(0, k_clock_bytes);
    return true;
  }

  static std::string clock_bytes(std::uint64_t us) {
    std::string bytes;
    for (std::size_t i = k_clock_bytes; i > 0; --i) {
      bytes += static_cast<char>(us >> (8 * (i - 1)) & 0xffU);
    }
    return bytes;
  }

  static Result<void> put_members(const Record& record, std::string& bytes) {
    QSNAP_ASSIGN(const auto id, bytes_member(record.volatiles, k_id));
    QSNAP_ASSIGN(const auto eta, bytes_member(record.volatiles, k_eta));
    const auto places = find_places(bytes);
    if (id) {
      if (!places || id->size() != k_id_bytes) {
        return no_place(k_id);
      }
      bytes.replace(places->id, k_id_bytes, *id);
    }
    if (eta) {
      const auto packed = eta_bytes(*eta);
      if (!places || !places->eta || !packed) {
        return no_place(k_eta);
      }
      bytes.replace(*places->eta, k_eta_bytes, *packed);
    }
    return {};
  }

  Prefix m_prefix;
};

}  // namespace

std::shared_ptr<const JobFormat> make_task_format(Prefix prefix) {
  return std::make_shared<TaskFormat>(prefix);
}

bool is_task(std::string_view bytes) {
  return find_places(bytes) || (bytes.size() > k_clock_bytes && find_places(bytes.substr(k_clock_bytes)));
}

}  // namespace qsnap::frameworks::huey
