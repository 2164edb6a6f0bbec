// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/same_meaning.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/config/config.hpp>
#include <qsnap/diff/compare.hpp>

namespace qsnap::app {

Result<Meaning> compare_meaning(const model::RecordSource& before, const model::RecordSource& after,
                                const Progress& progress) {
  if (before.fingerprint() != after.fingerprint()) {
    return Meaning::different;
  }
  // Equal fingerprints leave only durations to compare.
  QSNAP_ASSIGN(const diff::Changes changes,
               diff::compare(before, after, config::Config{}, codec::JsonPayloadReader{}, progress));
  return changes.empty() ? Meaning::same : Meaning::different;
}

}  // namespace qsnap::app
