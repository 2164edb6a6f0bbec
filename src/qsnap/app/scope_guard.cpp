// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <qsnap/app/scope_guard.hpp>
#include <qsnap/frameworks/rebuild.hpp>
#include <qsnap/redis/key_writer.hpp>

namespace qsnap::app {

namespace {

/// Looks each key that a load would write up in the target; nothing is written. Names come and go in windows.
class ScopeGuard final : public model::KeySink {
 public:
  ScopeGuard(const model::Scope& scope, std::span<const std::string> to_delete, redis::Connection& connection)
      : m_scope(scope), m_to_delete(to_delete), m_connection(connection) {}

  Result<void> write(const model::KeyWrite& write) override {
    const auto starts = [&](const std::string& prefix) { return write.key.starts_with(prefix); };
    if (!m_scope.prefixes.empty() && std::none_of(m_scope.prefixes.begin(), m_scope.prefixes.end(), starts)) {
      return make_error(ErrorCode::refused, fmt::format("the snapshot writes key {}, outside its own scope", write.key),
                        {"somebody may have made it to overwrite other keys: look at it with git qsnap show --full"});
    }
    if (!m_window.empty() && m_window.back().key == write.key) {
      return {};
    }
    m_window.push_back({std::string{write.key}, write.type});
    return m_window.size() < k_window ? Result<void>{} : look_up();
  }

  /// The sets that are there already, and may be.
  Result<std::vector<std::string>> finish() {
    QSNAP_TRY(look_up());
    return std::vector<std::string>{m_shared.begin(), m_shared.end()};
  }

 private:
  static constexpr std::size_t k_window = 1000;

  struct Wanted {
    std::string key;
    model::RedisType type;
  };

  Result<void> look_up() {
    const std::vector<std::string_view> keys = names();
    QSNAP_ASSIGN(const std::vector<std::size_t> existing, redis::existing_keys(m_connection, keys));
    for (const std::size_t at : existing) {
      Wanted& wanted = m_window[at];
      if (std::binary_search(m_to_delete.begin(), m_to_delete.end(), wanted.key)) {
        continue;
      }
      if (wanted.type != model::RedisType::set) {
        return make_error(ErrorCode::refused,
                          fmt::format("key {} exists, and is not in the scope of this snapshot", wanted.key),
                          {"load it into an empty database"});
      }
      m_shared.insert(std::move(wanted.key));
    }
    m_window.clear();
    return {};
  }

  [[nodiscard]] std::vector<std::string_view> names() const {
    std::vector<std::string_view> names;
    names.reserve(m_window.size());
    for (const Wanted& wanted : m_window) {
      names.push_back(wanted.key);
    }
    return names;
  }

  const model::Scope& m_scope;
  std::span<const std::string> m_to_delete;
  redis::Connection& m_connection;
  std::vector<Wanted> m_window;
  std::set<std::string, std::less<>> m_shared;
};

}  // namespace

Result<std::vector<std::string>> sets_to_share(const model::RecordSource& snapshot,
                                               const frameworks::RebuildOptions& options,
                                               std::span<const std::string> to_delete, redis::Connection& connection) {
  const model::Scope& scope = snapshot.metadata().scope;
  if (scope.whole_database()) {
    return std::vector<std::string>{};
  }
  ScopeGuard guard{scope, to_delete, connection};
  QSNAP_TRY(frameworks::rebuild_keys(snapshot, options, guard));
  return guard.finish();
}

}  // namespace qsnap::app
