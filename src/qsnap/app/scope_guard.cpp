// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <qsnap/app/scope_guard.hpp>
#include <qsnap/frameworks/rebuild.hpp>
#include <qsnap/redis/key_writer.hpp>

namespace qsnap::app {

namespace {

/// The names that a load would write, with their types; nothing is written.
class NameCollector final : public model::KeySink {
 public:
  explicit NameCollector(const model::Scope& scope) : m_scope(scope) {}

  Result<void> write(const model::KeyWrite& write) override {
    const auto starts = [&](const std::string& prefix) { return write.key.starts_with(prefix); };
    if (!m_scope.prefixes.empty() && std::none_of(m_scope.prefixes.begin(), m_scope.prefixes.end(), starts)) {
      return make_error(ErrorCode::refused, fmt::format("the snapshot writes key {}, outside its own scope", write.key),
                        {"somebody may have made it to overwrite other keys: look at it with git qsnap show --full"});
    }
    m_types.try_emplace(std::string{write.key}, write.type);
    return {};
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [name, type] : m_types) {
      names.push_back(name);
    }
    return names;
  }
  [[nodiscard]] model::RedisType type(const std::string& name) const { return m_types.at(name); }

 private:
  const model::Scope& m_scope;
  std::map<std::string, model::RedisType, std::less<>> m_types;
};

}  // namespace

Result<std::vector<std::string>> sets_to_share(const model::RecordSource& snapshot,
                                               const frameworks::RebuildOptions& options,
                                               std::span<const std::string> to_delete, redis::Connection& connection) {
  const model::Scope& scope = snapshot.metadata().scope;
  if (scope.whole_database()) {
    return std::vector<std::string>{};
  }
  NameCollector collector{scope};
  QSNAP_TRY(frameworks::rebuild_keys(snapshot, options, collector));
  constexpr std::size_t k_pipeline_depth = 100;
  QSNAP_ASSIGN(const std::vector<std::string> existing,
               redis::existing_keys(connection, collector.names(), k_pipeline_depth));
  std::vector<std::string> shared;
  for (const std::string& name : existing) {
    if (std::binary_search(to_delete.begin(), to_delete.end(), name)) {
      continue;
    }
    if (collector.type(name) != model::RedisType::set) {
      return make_error(ErrorCode::refused,
                        fmt::format("key {} exists, and is not in the scope of this snapshot", name),
                        {"load it into an empty database"});
    }
    shared.push_back(name);
  }
  return shared;
}

}  // namespace qsnap::app
