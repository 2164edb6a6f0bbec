// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <qsnap/base/result.hpp>
#include <qsnap/model/record.hpp>

namespace qsnap::model {

/// Jobs that get another id, by queue (full id) and id; plain bytes.
class NewIds {
 public:
  void set(std::string_view queue, std::string_view id, std::string new_id) {
    m_ids.insert_or_assign(key(queue, id), std::move(new_id));
  }
  [[nodiscard]] std::optional<std::string_view> find(std::string_view queue, std::string_view id) const {
    const auto at = m_ids.find(key(queue, id));
    return at != m_ids.end() ? std::optional<std::string_view>{at->second} : std::nullopt;
  }
  [[nodiscard]] bool empty() const { return m_ids.empty(); }

 private:
  /// The length in front keeps the two apart.
  static std::string key(std::string_view queue, std::string_view id) {
    return std::to_string(queue.size()).append(1, ':').append(queue).append(id);
  }

  std::unordered_map<std::string, std::string> m_ids;
};

/// Gives a job another id wherever its record says it, and wherever the record refers to another job by its id: what
/// ids a record holds is the framework's business.
class IdRewriter {
 public:
  virtual ~IdRewriter() = default;
  virtual Result<void> rewrite(Record& job, const NewIds& ids) const = 0;
};

}  // namespace qsnap::model
