// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>
#include <string>
#include <utility>

#include <qsnap/frameworks/bullmq/bullmq.hpp>
#include <qsnap/frameworks/bullmq/keys.hpp>
#include <qsnap/frameworks/bullmq/reading.hpp>
#include <qsnap/frameworks/bullmq/rebuild.hpp>
#include <qsnap/frameworks/bullmq/settings.hpp>
#include <qsnap/frameworks/hash_fields.hpp>

namespace qsnap::frameworks {

namespace {

constexpr std::string_view k_meta_suffix = ":meta";

struct Prefix {
  std::vector<std::string> queues;
  std::string version;  ///< of the first queue that tells one
};

/// Bull 4 may write "meta" as well, but neither of these fields.
bool is_bullmq_meta(const model::ItemBlock& meta) {
  return !bullmq::version_of(meta).empty() || find_field(meta, "opts.maxLenEvents").has_value();
}

class BullmqAdapter final : public Adapter {
 public:
  [[nodiscard]] std::string_view name() const override { return "bullmq"; }

  Result<std::vector<std::unique_ptr<Reading>>> detect(const model::Keyspace& keyspace) const override {
    QSNAP_ASSIGN(auto prefixes, find_prefixes(keyspace));
    std::vector<std::unique_ptr<Reading>> readings;
    for (auto& [prefix, found] : prefixes) {
      readings.push_back(
          std::make_unique<bullmq::BullmqReading>(keyspace, prefix, std::move(found.queues), std::move(found.version)));
    }
    return readings;
  }

  /// Without meta, a queue is what has a key that only BullMQ names so.
  Result<std::unique_ptr<Reading>> reading(const model::Keyspace& keyspace,
                                           std::string_view name_space) const override {
    std::set<std::string, std::less<>> queues;
    for (model::KeyId key = 0; key < keyspace.size(); ++key) {
      const auto address = bullmq::parse_job_key(name_space, keyspace.name(key));
      if (address && bullmq::parse_suffix(address->id).kind != bullmq::KeyKind::body) {
        queues.emplace(address->queue);
      }
    }
    std::vector<std::string> names{queues.begin(), queues.end()};
    return std::unique_ptr<Reading>{
        std::make_unique<bullmq::BullmqReading>(keyspace, std::string{name_space}, std::move(names), "")};
  }

  [[nodiscard]] std::unique_ptr<Rebuild> rebuild(std::string_view name_space) const override {
    return std::make_unique<bullmq::BullmqRebuild>(std::string{name_space});
  }

 private:
  /// Every key "<prefix>:<queue>:meta" that BullMQ wrote. A prefix may contain ':', a queue may not.
  static Result<std::map<std::string, Prefix>> find_prefixes(const model::Keyspace& keyspace) {
    std::map<std::string, Prefix> prefixes;
    for (model::KeyId key = 0; key < keyspace.size(); ++key) {
      const std::string_view name = keyspace.name(key);
      if (!name.ends_with(k_meta_suffix) || keyspace.type(key) != model::RedisType::hash) {
        continue;
      }
      const std::string_view queue = name.substr(0, name.size() - k_meta_suffix.size());
      const std::size_t colon = queue.rfind(':');
      if (colon == std::string_view::npos) {
        continue;
      }
      QSNAP_ASSIGN(const model::ItemBlock meta, keyspace.read_all(key));
      if (is_bullmq_meta(meta)) {
        Prefix& prefix = prefixes[std::string{queue.substr(0, colon)}];
        prefix.queues.emplace_back(queue.substr(colon + 1));
        if (prefix.version.empty()) {
          prefix.version = bullmq::version_of(meta);
        }
      }
    }
    return prefixes;
  }
};

}  // namespace

std::unique_ptr<Adapter> make_bullmq_adapter() {
  return std::make_unique<BullmqAdapter>();
}

}  // namespace qsnap::frameworks
