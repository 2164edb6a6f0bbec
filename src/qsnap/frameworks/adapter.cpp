// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/frameworks/adapter.hpp>
#include <qsnap/frameworks/bullmq/bullmq.hpp>
#include <qsnap/frameworks/sidekiq/sidekiq.hpp>

namespace qsnap::frameworks {

const AdapterList& adapters() {
  static const AdapterList all = [] {
    AdapterList list;
    list.push_back(make_bullmq_adapter());
    list.push_back(make_sidekiq_adapter());
    return list;
  }();
  return all;
}

const Adapter* find_adapter(std::string_view name, const AdapterList& among) {
  const auto at =
      std::find_if(among.begin(), among.end(), [&](const auto& adapter) { return adapter->name() == name; });
  return at == among.end() ? nullptr : at->get();
}

}  // namespace qsnap::frameworks
