// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <qsnap/frameworks/layout/key_index.hpp>
#include <qsnap/frameworks/layout/layout.hpp>
#include <qsnap/frameworks/layout/layout_reading.hpp>
#include <qsnap/frameworks/layout/layout_rebuild.hpp>

namespace qsnap::frameworks::layout {

namespace {

class LayoutAdapter final : public Adapter {
 public:
  explicit LayoutAdapter(std::shared_ptr<const Layout> layout) : m_layout(std::move(layout)) {}

  [[nodiscard]] std::string_view name() const override { return m_layout->framework; }
  [[nodiscard]] Turn turn() const override { return m_layout->turn; }

  Result<std::vector<std::unique_ptr<Reading>>> detect(const model::Keyspace& keyspace) const override {
    QSNAP_ASSIGN(const std::vector<Found> all, m_layout->find(keyspace));
    std::vector<std::unique_ptr<Reading>> readings;
    readings.reserve(all.size());
    for (const Found& found : all) {
      readings.push_back(make_reading(keyspace, found, all));
    }
    return readings;
  }
  Result<std::unique_ptr<Reading>> reading(const model::Keyspace& keyspace,
                                           std::string_view name_space) const override {
    QSNAP_ASSIGN(const std::vector<Found> all, m_layout->find(keyspace));
    return make_reading(keyspace, Found{std::string{name_space}, {}, {}}, all);
  }

  [[nodiscard]] std::unique_ptr<Rebuild> rebuild(std::string_view name_space) const override {
    return make_layout_rebuild(m_layout, name_space);
  }
  [[nodiscard]] std::string key_prefix(std::string_view name_space) const override {
    return layout::key_prefix(*m_layout, name_space);
  }

 private:
  [[nodiscard]] std::unique_ptr<Reading> make_reading(const model::Keyspace& keyspace, Found found,
                                                      const std::vector<Found>& all) const {
    const std::string prefix = layout::key_prefix(*m_layout, found.name_space);
    for (const Found& other : all) {
      if (other.name_space.size() > found.name_space.size() && other.name_space.starts_with(prefix)) {
        found.inner.push_back(other.name_space);
      }
    }
    return make_layout_reading(m_layout, keyspace, std::move(found));
  }

  std::shared_ptr<const Layout> m_layout;
};

}  // namespace

std::unique_ptr<Adapter> make_layout_adapter(std::shared_ptr<const Layout> layout) {
  return std::make_unique<LayoutAdapter>(std::move(layout));
}

}  // namespace qsnap::frameworks::layout
