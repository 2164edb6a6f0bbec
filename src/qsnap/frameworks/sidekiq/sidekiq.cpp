// SPDX-License-Identifier: Apache-2.0
#include <qsnap/frameworks/sidekiq/layout.hpp>
#include <qsnap/frameworks/sidekiq/reading.hpp>
#include <qsnap/frameworks/sidekiq/rebuild.hpp>
#include <qsnap/frameworks/sidekiq/sidekiq.hpp>

namespace qsnap::frameworks {

namespace {

class SidekiqAdapter final : public Adapter {
 public:
  [[nodiscard]] std::string_view name() const override { return sidekiq::k_name; }

  Result<std::vector<std::unique_ptr<Reading>>> detect(const model::Keyspace& keyspace) const override {
    QSNAP_ASSIGN(std::vector<sidekiq::Namespace> found, sidekiq::find_namespaces(keyspace));
    std::vector<std::unique_ptr<Reading>> readings;
    readings.reserve(found.size());
    for (sidekiq::Namespace& name_space : found) {
      readings.push_back(sidekiq::make_reading(keyspace, std::move(name_space)));
    }
    return readings;
  }

  Result<std::unique_ptr<Reading>> reading(const model::Keyspace& keyspace,
                                           std::string_view name_space) const override {
    QSNAP_ASSIGN(sidekiq::Namespace named, sidekiq::name_space_of(keyspace, name_space));
    return sidekiq::make_reading(keyspace, std::move(named));
  }

  [[nodiscard]] std::unique_ptr<Rebuild> rebuild(std::string_view name_space) const override {
    return sidekiq::make_rebuild(name_space);
  }
};

}  // namespace

std::unique_ptr<Adapter> make_sidekiq_adapter() {
  return std::make_unique<SidekiqAdapter>();
}

}  // namespace qsnap::frameworks
