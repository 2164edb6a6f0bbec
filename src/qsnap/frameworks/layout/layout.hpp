// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/adapter.hpp>
#include <qsnap/frameworks/layout/key_pattern.hpp>
#include <qsnap/model/item_block.hpp>
#include <qsnap/model/keyspace.hpp>
#include <qsnap/model/record.hpp>

/// A framework as data: which keys it has, what they hold, and how a job's bytes become a record. One engine
/// (LayoutReading, LayoutRebuild) turns any such layout into an adapter. docs/adding-a-framework.md is the tutorial.
///
/// Key names here are relative to the namespace: the engine puts "<namespace><separator>" in front.
namespace qsnap::frameworks::layout {

/// Which job it is about. Views live as long as the call.
struct JobContext {
  std::string_view queue;  ///< bare name
  std::string_view state;
  std::string_view id;  ///< empty where the elements are the jobs
};

/// A job's bytes as members of its record and back. The engine has set `queue`, `state` and, where structures hold
/// ids, the id; the format sets the rest. Stateless; used by several threads.
class JobFormat {
 public:
  virtual ~JobFormat() = default;
  /// `body` is laid out as model/keyspace.hpp says: field, value… for a hash, else one item. False if it has not the
  /// form that the framework writes: then the engine drops what was set and keeps the body as it is ("form":"raw").
  /// The engine also compares: what body() does not give back byte for byte is raw, too.
  [[nodiscard]] virtual bool describe(const JobContext& job, const model::ItemBlock& body,
                                      model::Record& record) const = 0;
  /// The inverse. Errors with `corrupt` for members that cannot be read.
  [[nodiscard]] virtual Result<model::ItemBlock> body(const JobContext& job, const model::Record& record) const = 0;
};

/// What the elements of a structure are.
enum class Holds : std::uint8_t {
  jobs,  ///< the bytes of a job (of a hash: the values)
  ids,   ///< a job's id; its body lies elsewhere
};

/// Which end of a list runs next. Sorted sets run the lowest score first.
enum class Next : std::uint8_t { left, right };

enum class Weight : std::uint8_t { meaning, noise };

/// Where the jobs of one state are. Types: list, zset, set, hash (field, job). Or, with `own_key`, every key of the
/// pattern is a job of its own: there is no structure, and `type` is that of the key.
struct StateSpec {
  std::string_view name;  ///< the framework's word: "waiting"
  KeyPattern key;
  model::RedisType type = model::RedisType::list;
  Holds holds = Holds::jobs;
  bool own_key = false;
  Next next = Next::left;
  /// Whether a key of this name and type is one, by its first element; without it, name and type are enough.
  std::function<bool(std::string_view first_element)> accepts = nullptr;
  /// The same for who has to look at more than that, at other keys perhaps.
  std::function<Result<bool>(const model::Keyspace&, model::KeyId)> accepts_key = nullptr;
  /// The member that a zset's score, or a hash's field, is. An instant ("…_at_s", "…_at_ms") is volatile, and shifted
  /// with time where it is a plain decimal. Any other member carries meaning. Empty: volatile `score`, or `field`.
  std::string_view score_member = {};
  /// A score that is an instant times this, plus a tie-break: the member is the instant, `score_tie` the rest.
  std::int64_t score_scale = 1;
  /// Whether the pattern's other hole carries meaning (a priority, a group) or is noise (a worker). An instant
  /// ("delayed:<due_at_s>") is always noise, and a shift of time renames the key.
  Weight other = Weight::meaning;
  /// The queue of its jobs where the pattern has no hole for it.
  std::string_view fixed_queue = {};
  /// The queue of an element where neither tells; `fixed_queue` where the function finds none. A structure with this
  /// holds the jobs of several queues, so it must be one whose order the server makes (zset, hash, set, own_key).
  std::function<std::optional<std::string>(std::string_view body)> queue_of = nullptr;
  /// Of ids: the queue is what BodySpec::queue_of says of the job's body. Otherwise as with queue_of.
  bool queue_of_body = false;
  /// The state of an element where one structure holds several: this one's name, or that of another state of the same
  /// key, which is there for the way back alone. REQUIRES: given only beside queue_of, and not with own_key
  std::function<std::string_view(std::string_view body)> state_of = nullptr;
  /// Follows the queue's name where the bodies of these jobs lie: ".DQ" if "<queue>.msgs" is "mail.DQ.msgs" here.
  std::string_view body_suffix = {};
  /// The id inside an element, if that is more ("<id>:<execution>"); the whole element is kept as volatile `element`.
  std::function<std::string_view(std::string_view element)> id_of = nullptr;
  /// Instead of the layout's.
  std::shared_ptr<const JobFormat> format = nullptr;
  /// The job is being worked on: what load --active=requeue moves to `requeue_to`.
  bool active = false;
  std::string_view requeue_to = {};
  /// What else changes in the record of a job that is requeued: a member that the target's key needs.
  std::function<void(model::Record&)> requeued = nullptr;
  /// Where the jobs of this state stand while their queue is paused.
  std::string_view paused_to = {};
};

/// Where the bodies of ids lie.
struct BodySpec {
  KeyPattern key;  ///< with holes <id>, <queue> or both
  model::RedisType type = model::RedisType::hash;
  bool field = false;  ///< the body is the value of field <id> of that hash
  /// Where a body in no structure belongs: its queue, if the pattern does not tell. Such jobs are of state orphan.
  std::function<std::optional<std::string>(const model::ItemBlock& body)> queue_of = nullptr;
};

/// A key of its own that belongs to one job: results, dependents, a unique lock. Stateless.
class Satellite {
 public:
  virtual ~Satellite() = default;
  /// Which keys are such, for planning. Every hole but <queue> and <id> is the satellite's own business.
  [[nodiscard]] virtual const KeyPattern& pattern() const = 0;
  [[nodiscard]] virtual model::RedisType type() const = 0;
  /// What remains of the key when no record rebuilds it.
  [[nodiscard]] virtual KeyRole role() const { return KeyRole::data; }
  [[nodiscard]] virtual model::LoadStage stage() const { return model::LoadStage::body; }
  /// The key's name for this job, from what the record has so far (its body is described). Absent: it has none.
  [[nodiscard]] virtual std::optional<std::string> key(const JobContext& job, const model::Record& record) const = 0;

  struct Value {
    model::ItemBlock items;
    std::optional<Instant> expires_at;
  };
  /// Adds what the key says. False: the key is kept verbatim (the engine learns it from the proof).
  [[nodiscard]] virtual bool describe(const JobContext& job, const Value& value, model::Record& record) const = 0;
  /// The inverse; absent if the record says that there is no such key.
  [[nodiscard]] virtual Result<std::optional<Value>> value(const JobContext& job,
                                                           const model::Record& record) const = 0;
};

/// A second structure of a queue that says something more about some of its jobs: a lease, a mark. `member` of the
/// record is the zset's score (as a state's score_member) or, of a set, true (volatile). It names jobs by their ids, or
/// by their fields where they are the values of a hash.
struct SideSpec {
  KeyPattern key;
  model::RedisType type = model::RedisType::zset;
  std::string_view member;
  std::string_view state = {};  ///< only jobs of this state
  model::LoadStage stage = model::LoadStage::structure;
};

/// A set that names queues: member "listed" of the queue's record. An element is `element_prefix` and the name.
struct ListedSpec {
  KeyPattern key;  ///< without holes
  std::string_view element_prefix;
  std::string_view member = "listed";
  model::LoadStage stage = model::LoadStage::structure;
};

/// A string that belongs to one queue. `member` of its record: an instant ("…_at_s", volatile) or volatile text in
/// form B; with `flag` (such as "paused"), that member is true as well, and carries meaning.
struct QueueValueSpec {
  KeyPattern key;  ///< with hole <queue>
  std::string_view member;
  std::string_view flag = {};
  model::LoadStage stage = model::LoadStage::counter;
};

/// A zset of schedules, whose members say when and what: each is a config record of kind "schedule" with `id` = the
/// member, and the score as volatile `score_member`.
struct ScheduleSpec {
  KeyPattern key;
  std::string_view score_member = "next_run_at_ms";
};

/// A key of a queue that follows from the queue's jobs of one state, so that no record has to tell it: a list that has
/// `token` once for each of them, or, without a token, the set of what fills the other hole of their structures' names.
/// Where it does not follow, it stays verbatim, and "verbatim" of the queue's record has `name`.
struct CompanionSpec {
  std::string_view name;
  KeyPattern key;  ///< with hole <queue>, or that of `fixed_queue`
  std::string_view state;
  std::string_view token = {};
  /// Without a token: a set, or a zset in which every number is its own score.
  model::RedisType type = model::RedisType::set;
  std::string_view fixed_queue = {};
  KeyRole role = KeyRole::derived;
  model::LoadStage stage = model::LoadStage::structure;
};

/// Keys that stay verbatim, in a role. With hole <queue> they belong to that queue.
struct KeepSpec {
  KeyPattern key;
  KeyRole role = KeyRole::data;
  std::optional<model::LoadStage> stage = std::nullopt;
  /// Instead of `role`, by what is in the key.
  std::function<Result<KeyRole>(const model::Keyspace&, model::KeyId)> role_of = nullptr;
};

/// The other jobs of a namespace: what completes a record from them.
class OtherJobs {
 public:
  virtual ~OtherJobs() = default;
  struct Job {
    std::string_view queue;  ///< full id; lives as long as the call of Layout::complete
    std::shared_ptr<const model::ItemBlock> body;
  };
  /// Absent if there is no such body. `queue` (a bare name) counts where the bodies' keys have that hole.
  [[nodiscard]] virtual Result<std::optional<Job>> find(std::string_view queue, std::string_view id) const = 0;
};

/// A namespace that was found, and why: `git qsnap detect` prints the evidence.
struct Found {
  std::string name_space;
  std::string version;                ///< what the data tells, or empty
  std::vector<std::string> evidence;  ///< "list queue:mail holds JSON with class and jid"
  /// Other namespaces that begin like this one: their keys are not this one's. The engine fills it in.
  std::vector<std::string> inner = {};
};

struct Layout {
  std::string_view framework;
  std::string_view separator = ":";  ///< between a namespace and its keys; none in front of an empty namespace
  Turn turn = Turn::usual;           ///< a fallback leaves alone what others have claimed
  std::vector<StateSpec> states;     ///< names may repeat (several structures of one state)
  std::optional<BodySpec> body;      ///< REQUIRES: given if a state holds ids
  std::shared_ptr<const JobFormat> format;
  std::vector<std::shared_ptr<const Satellite>> satellites;
  std::vector<SideSpec> sides;
  std::vector<ListedSpec> listed;
  std::vector<QueueValueSpec> queue_values;
  std::vector<ScheduleSpec> schedules;
  std::vector<CompanionSpec> companions;
  std::vector<KeepSpec> keeps;
  /// Adds to a job's record what other jobs tell: the queues of those that `refs` are about, without which refs mean
  /// little to a fingerprint. Nothing that a format or a satellite needs for the way back.
  std::function<Result<void>(const OtherJobs& others, model::Record& record)> complete;
  /// Queues of the same namespace that are another framework's, though their keys look alike.
  std::function<Result<bool>(const model::Keyspace&, const std::string& prefix, std::string_view queue)> is_foreign;
  /// Why a load cannot put this job beside those that its queue has; empty if it can.
  std::function<std::string_view(const model::Record& job)> merge_obstacle = nullptr;
  /// Whether the framework made the id (a UUID, a counter: volatile) or a user did (it carries meaning).
  std::function<bool(std::string_view id)> is_generated = [](std::string_view) { return true; };
  /// Every namespace of the framework in the keyspace (see layout/detecting.hpp).
  std::function<Result<std::vector<Found>>(const model::Keyspace&)> find;
};

[[nodiscard]] std::unique_ptr<Adapter> make_layout_adapter(std::shared_ptr<const Layout> layout);

}  // namespace qsnap::frameworks::layout
