// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What differs between two states, in the words of a queue. Values only; report renders them, app branches on them.
/// Texts are plain bytes (hostile: renderers escape); `json` members are canonical JSON text.
namespace qsnap::diff {

/// The one word for a change, the most telling first when several things happened to one job.
enum class ChangeKind : std::uint8_t {
  added,          ///< a worker: joined
  removed,        ///< a worker: left
  moved,          ///< queue or state differs
  retried,        ///< retry_count went up, the state stayed
  error_changed,  ///< error or error_class
  payload_changed,
  priority_changed,
  schedule_changed,  ///< schedule members, or an implied duration beyond its tolerance
  flow_changed,      ///< refs: parents, children, dependencies, chords
  paused,            ///< a queue
  resumed,           ///< a queue
  limit_changed,     ///< a queue's concurrency or rate limit
  reordered,         ///< the same jobs in another order, where order counts
  changed,           ///< any other semantic member
};
[[nodiscard]] std::string_view to_text(ChangeKind kind);

/// Whose change it is.
enum class Subject : std::uint8_t { job, queue, worker, config, key };
[[nodiscard]] std::string_view to_text(Subject subject);

struct Place {
  std::string queue;  ///< full id
  std::string state;  ///< empty for anything but jobs

  friend bool operator==(const Place&, const Place&) = default;
};

/// One member, or one leaf of it. Listing::summary has at most a hundred for each change; then a last one whose path
/// says how many more there are: "(31 more)", without values. A duration that two instants imply (due − created) has
/// the path ".due_in_ms"; references that are spelt alike and lead to other jobs have ".ref_ids", the ids of both
/// sides.
struct FieldChange {
  std::string path;                   ///< ".payload.items[2].price"
  std::optional<std::string> before;  ///< JSON; absent = was not there
  std::optional<std::string> after;
};

struct Change {
  ChangeKind kind = ChangeKind::changed;
  Subject subject = Subject::job;
  std::string id;    ///< generated or chosen id of the after side (before side when removed), key name, config id
  std::string name;  ///< job name
  std::optional<Place> before;  ///< absent when added
  std::optional<Place> after;   ///< absent when removed
  std::vector<FieldChange> fields;
  /// Which record of its section it is, from 0, on each side; absent as `before` and `after` are. With
  /// Listing::complete alone, and not for keys.
  std::optional<std::uint64_t> before_index;
  std::optional<std::uint64_t> after_index;
  /// With Listing::complete: the record as the document has it, a JSON object: of what was added or removed. Of a key
  /// in several parts, an array of its records.
  std::string record;
  /// With Listing::complete: what cannot be had from `fields`, as it stands in the document, both values raw. It goes
  /// before `fields` of the same member:
  ///  - members whose fields tell what they decode to (pickle, zlib, PHP inside of JSON): path ".payload";
  ///  - ".refs" and ".volatile.ref_ids" of a job whose references changed;
  ///  - parts of a key, as whole records: ".parts[3]"; absent where the side has no such part.
  std::vector<FieldChange> encoded;
};

/// Jobs per state of one queue, on both sides.
struct QueueCounts {
  std::map<std::string, std::uint64_t> before;
  std::map<std::string, std::uint64_t> after;
};

/// A job that is called by another id on each side, and that a reference of a listed change names.
struct Alias {
  std::string before_queue;  ///< full id
  std::string before_id;
  std::string after_queue;
  std::string after_id;

  friend bool operator==(const Alias&, const Alias&) = default;
};

/// Something a rule or a default left out. Counted, never silent.
struct Ignored {
  std::string rule;  ///< the pattern's text, or "volatile", "derived keys", "duration within tolerance"
  std::uint64_t count = 0;
};

/// One difference that was left out, with the rule that did it.
struct IgnoredDifference {
  std::string rule;  ///< as in Ignored
  Subject subject = Subject::job;
  std::string id;
  std::string name;
  Place place;        ///< of the after side
  FieldChange field;  ///< the empty path: the whole record
};

inline constexpr std::size_t k_most_ignored = 10'000;

struct Changes {
  std::vector<Change> list;  ///< jobs by queue and state in document order, then queues, workers, config, keys
  std::map<std::string, QueueCounts> queues;
  /// With Listing::complete. Without them `volatile.ref_ids` of the after side cannot be read in the before side's ids.
  std::vector<Alias> aliases;
  std::vector<Ignored> ignored;
  /// With IgnoredListing::listed: at most k_most_ignored; `ignored` has the counts of all.
  std::vector<IgnoredDifference> ignored_list;
  std::vector<std::string> unmatched_rules;

  [[nodiscard]] bool empty() const { return list.empty(); }
};

}  // namespace qsnap::diff
