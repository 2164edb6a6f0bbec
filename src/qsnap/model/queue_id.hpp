// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>

namespace qsnap::model {

/// A queue is (framework, namespace, name), written "bullmq:bull:mail". The namespace is what the framework calls a
/// prefix, and may be empty ("sidekiq::default"). ':' and '%' inside a part are written %3A and %25, so that the
/// text can be taken apart again. Parts are bytes.
struct QueueId {
  std::string framework;
  std::string name_space;
  std::string name;

  [[nodiscard]] std::string text() const;
  /// Absent unless the text has exactly three parts.
  [[nodiscard]] static std::optional<QueueId> parse(std::string_view text);

  friend bool operator==(const QueueId&, const QueueId&) = default;
};

/// Whether a user who typed `wanted` means the queue `text`: the whole id, or the name alone.
[[nodiscard]] bool queue_matches(std::string_view text, std::string_view wanted);
/// The id of the one queue among `queues` that such a user means. Errors with not_found when it is none, and with
/// `usage` and the candidates when it may be several.
Result<std::string> resolve_queue(std::string_view wanted, std::vector<std::string> queues);

}  // namespace qsnap::model
