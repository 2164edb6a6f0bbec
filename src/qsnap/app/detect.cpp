// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/detect.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/inventory.hpp>
#include <qsnap/redis/capture.hpp>

namespace qsnap::app {

namespace {

Result<report::DetectView::Queue> view_of(const frameworks::FoundFramework::Queue& queue) {
  report::DetectView::Queue view{queue.id, {}};
  QSNAP_ASSIGN(const auto counts, codec::object_members(queue.counts));
  for (const model::Field& count : counts) {
    view.states.emplace_back(count.name, static_cast<std::uint64_t>(parse_integer(count.json).value_or(0)));
  }
  return view;
}

}  // namespace

Result<report::DetectView> detect(const Target& target, std::span<const model::ForcedFramework> forced,
                                  const Progress& progress) {
  QSNAP_TRY(check_host(target));
  redis::CaptureOptions options;
  options.consistency = target.consistency.value_or(redis::Consistency::automatic);
  options.retries = target.retries;
  QSNAP_ASSIGN(const redis::Capture capture, redis::capture(target.endpoint, options, progress));
  QSNAP_ASSIGN(const frameworks::Inventory inventory, frameworks::take_inventory(*capture.keyspace, forced));
  report::DetectView view;
  view.target = target.endpoint.display();
  view.keys = inventory.keys;
  view.unknown_keys = inventory.unknown;
  view.unknown_sample = inventory.unknown_sample;
  for (const frameworks::FoundFramework& found : inventory.frameworks) {
    report::DetectView::Framework& framework = view.frameworks.emplace_back();
    framework.name = found.info.name;
    framework.name_space = found.info.name_space;
    framework.version = found.info.version;
    framework.keys = found.keys;
    framework.modelled_keys = found.modelled;
    framework.evidence = found.evidence;
    for (const frameworks::FoundFramework::Queue& queue : found.queues) {
      QSNAP_ASSIGN(report::DetectView::Queue shown, view_of(queue));
      framework.queues.push_back(std::move(shown));
    }
  }
  return view;
}

}  // namespace qsnap::app
