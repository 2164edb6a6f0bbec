// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/model/record.hpp>

/// Asynq's TaskMessage (internal/proto/asynq.proto), the field `msg` of a task's hash: as members of a record and back.
namespace qsnap::frameworks::asynq {

/// The message's id and queue repeat the task's key, so no member has them.
struct TaskKey {
  std::string_view queue;
  std::string_view id;
};

/// A message that Go's encoder wrote: known fields in ascending order, none of them empty. Views into its bytes.
struct Message {
  static constexpr std::size_t k_fields = 16;  ///< numbers are below
  struct Value {
    std::uint64_t number = 0;
    std::string_view bytes;
  };
  std::array<std::optional<Value>, k_fields> values;  ///< by field number
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string rest;  ///< fields of later versions, which stand behind

  [[nodiscard]] std::string_view text(std::size_t field) const {
    return values.at(field) ? values.at(field)->bytes : std::string_view{};
  }
};

inline constexpr std::size_t k_unique_key_field = 10, k_group_field = 14;

/// Absent for bytes that message_text() would not give back.
[[nodiscard]] std::optional<Message> parse_message(std::string_view bytes, const TaskKey& key);
void describe_message(const Message& message, model::Record& record);
/// The inverse of both. Errors with `corrupt`.
Result<std::string> message_text(const TaskKey& key, const model::Record& record);

}  // namespace qsnap::frameworks::asynq
