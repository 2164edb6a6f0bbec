// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/inventory.hpp>

namespace qsnap::frameworks {

namespace {

constexpr std::size_t k_sample = 10;

/// Keeps what the records of queues say of themselves.
class QueueSink final : public model::RecordSink {
 public:
  explicit QueueSink(std::vector<FoundFramework::Queue>& queues) : m_queues(queues) {}

  Result<void> add(const model::Record& record) override {
    const std::string_view id = record.fields.find("queue").value_or("");
    m_queues.push_back(
        {codec::json_to_bytes(id).value_or(std::string{id}), std::string{record.fields.find("counts").value_or("{}")}});
    return {};
  }

 private:
  std::vector<FoundFramework::Queue>& m_queues;  ///< not owned
};

Result<void> plan_all(const std::vector<FoundReading>& sources, KeyPlan& plan) {
  plan.restart();
  for (int round = 0; round < k_planning_rounds; ++round) {
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (planning_round(*sources[i].adapter, sources[i].origin) == round) {
        plan.plan_as(static_cast<std::uint32_t>(i + 1));
        QSNAP_TRY(sources[i].reading->plan(plan));
      }
    }
  }
  return {};
}

void count_keys(const model::Keyspace& keyspace, const KeyPlan& plan, Inventory& inventory) {
  for (model::KeyId key = 0; key < keyspace.size(); ++key) {
    const KeyPlan::Entry& entry = plan[key];
    if (entry.owner == 0) {
      ++inventory.unknown;
      if (inventory.unknown_sample.size() < k_sample) {
        inventory.unknown_sample.emplace_back(keyspace.name(key));
      }
      continue;
    }
    FoundFramework& owner = inventory.frameworks[entry.owner - 1];
    ++owner.keys;
    owner.modelled += entry.modelled ? 1U : 0U;
  }
}

}  // namespace

Result<Inventory> take_inventory(const model::Keyspace& keyspace, std::span<const model::ForcedFramework> forced,
                                 const AdapterList& among) {
  QSNAP_ASSIGN(const std::vector<FoundReading> sources, detect_readings(keyspace, forced, among));
  KeyPlan plan{keyspace.size()};
  QSNAP_TRY(plan_all(sources, plan));
  Inventory inventory;
  inventory.keys = keyspace.size();
  for (const FoundReading& source : sources) {
    FoundFramework& found = inventory.frameworks.emplace_back();
    found.info = source.reading->info();
    found.origin = source.origin;
    if (source.origin == Origin::forced) {
      found.evidence = {"--framework says so"};
    } else {
      found.evidence = source.reading->evidence();
    }
    QueueSink sink{found.queues};
    QSNAP_TRY(source.reading->emit(model::Section::queues, plan, sink));
  }
  count_keys(keyspace, plan, inventory);
  std::erase_if(inventory.frameworks, [&](const FoundFramework& found) {  // to which the others left nothing
    return found.origin == Origin::detected && found.keys == 0 && (found.queues.empty() || !forced.empty());
  });
  std::stable_sort(inventory.frameworks.begin(), inventory.frameworks.end(),
                   [](const FoundFramework& a, const FoundFramework& b) { return a.keys > b.keys; });
  return inventory;
}

}  // namespace qsnap::frameworks
