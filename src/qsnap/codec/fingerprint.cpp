// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/codec/canonical_text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/fingerprint.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/model/meaning.hpp>

/// The fingerprint, exactly. Format version 1; any change here is a new format version.
///
/// H(x) is the first 16 bytes of SHA-256(x); texts are UTF-8; + puts bytes together; "\n" is one byte.
///
/// 1. Semantic text of a record: its canonical JSON without the members "volatile", "refs", "counts", "verbatim" and
///    "body" (in section keys also without "expire_at_ms"), with the members of every object, at every depth, sorted
///    by the bytes of their names. Strings and number text stay as they are in the document.
/// 2. Records of section workers, and records of section keys whose "role" is not "data", count for nothing. For every
///    other record, h = H(section + "\n" + semantic text); section is config, queues, jobs or keys.
/// 3. The contribution c of a record is h, unless it is a job whose member "refs" has at least one element. Then
///      c = H("refs\n" + h + e1 + e2 + …)
///    with one 32-byte entry for each element of "refs", the entries sorted by bytes:
///      e = H(canonical JSON of the element, members sorted) + h of the job that it refers to
///    The job that refs[i] refers to is the one whose "queue" is the element's "queue" and whose id (its member "id",
///    else "id" in its "volatile") is volatile.ref_ids[i]; its own refs play no part. A record whose "body" is
///    "missing" or "duplicate" is never referred to; of several candidates, the first in document order is. If there is
///    none, or no such id, 16 zero bytes take the place of h.
/// 4. Jobs of the states waiting, pending, paused and prioritized count in order: each longest run of such records,
///    one after the other in the document, with equal "queue" and equal "state", is one unit
///      u = H("sequence\n" + c1 + c2 + …)
///    Every other record's unit is its contribution: u = c.
/// 5. fingerprint = SHA-256("qsnap fingerprint 1\n" + all units, sorted by bytes), 32 bytes.
///
/// So generated ids, instants, worker names and the order within sets do not matter; payloads, retries, states, links
/// and the order of work do.
namespace qsnap::codec {

namespace {

using model::Field;
using model::Record;
using model::Section;

using Hash = std::array<char, 16>;

std::string_view bytes(const Hash& hash) {
  return {hash.data(), hash.size()};
}

/// H of what `hasher` was fed; it begins anew.
Hash take_hash(Sha256& hasher) {
  Hash hash{};
  const std::array<char, 32> digest = hasher.take();
  std::copy_n(digest.begin(), hash.size(), hash.begin());
  return hash;
}

/// Refs count by what they refer to, apart.
bool is_semantic(Section section, std::string_view member) {
  const bool expiry = section == Section::keys && member == "expire_at_ms";
  return model::carries_meaning(member) && member != "refs" && !expiry;
}

bool counts(const Record& record) {
  return record.section != Section::workers &&
         (record.section != Section::keys || record.fields.find("role") == R"("data")");
}

/// At least as much as the semantic text of these fields takes.
std::size_t text_bytes(const model::Fields& fields) {
  constexpr std::size_t k_punctuation = 4;  // quotes, colon, comma
  std::size_t bytes = 2;
  for (const Field& field : fields) {
    bytes += field.name.size() + field.json.size() + k_punctuation;
  }
  return bytes;
}

/// The target_key of a job that cannot be referred to. That a name has this hash is as unlikely as a collision.
constexpr std::uint64_t k_no_target = 0;

/// Stands for (queue, id) in the table of reference targets. 64 bits: a million jobs collide with a chance of 3e-8.
std::uint64_t target_key(std::string_view queue_json, std::string_view id_json) {
  std::string name{queue_json};
  name += '\n';  // never part of canonical JSON
  name += id_json;
  return xxh3(name);
}

std::optional<std::uint64_t> own_target_key(const Record& job) {
  const auto queue = job.fields.find("queue");
  const auto chosen = job.fields.find("id");
  const auto id = chosen ? chosen : job.volatiles.find("id");
  return queue && id && model::has_body(job) ? std::optional{target_key(*queue, *id)} : std::nullopt;
}

bool is_nested(std::string_view json) {
  return json.starts_with('{') || json.starts_with('[');
}

/// Appends the semantic text. `take_value` may take a value away, together with the text before it, and says so.
template <class TakeValue>
Result<void> append_semantic_text(std::string& text, const Record& record, const TakeValue& take_value) {
  text += '{';
  bool is_first = true;
  for (const Field& field : record.fields) {
    if (!is_semantic(record.section, field.name)) {
      continue;
    }
    if (!std::exchange(is_first, false)) {
      text += ',';
    }
    append_json_string(text, field.name);
    text += ':';
    if (take_value(text, field.json)) {
      continue;
    }
    if (is_nested(field.json)) {
      QSNAP_TRY(append_sorted_json(text, field.json));
    } else {
      text += field.json;
    }
  }
  text += '}';
  return {};
}

}  // namespace

Result<std::string> semantic_text(const Record& record) {
  std::string text;
  text.reserve(text_bytes(record.fields));
  const auto take_none = [](const std::string&, std::string_view) { return false; };
  QSNAP_TRY(append_semantic_text(text, record, take_none));
  return text;
}

struct FingerprintBuilder::State {
  /// One element of a job's "refs".
  struct Ref {
    Hash what{};
    std::optional<std::uint64_t> target;
  };
  /// A job with refs; its own are refs[first_ref, …) up to the next job's.
  struct Referrer {
    std::size_t contribution = 0;
    std::size_t first_ref = 0;
  };
  /// The element of "refs" that was read last: in a flow, many follow one another with the same text.
  struct KnownElement {
    std::string json;
    Hash what{};
    std::optional<std::string> queue_json;
  };
  struct Run {
    std::size_t first = 0;
    std::size_t end = 0;
    std::string queue_and_state;
  };

  std::vector<Hash> contributions;  ///< h of each record that counts, in document order
  std::vector<Run> runs;
  std::vector<std::uint64_t> job_keys;     ///< target_key of each job, in document order; k_no_target for none
  std::size_t first_job = 0;               ///< the contribution of the first of them; jobs follow one another
  std::vector<std::uint32_t> jobs_by_key;  ///< numbers of jobs sorted by key, and then by place; only to resolve refs
  std::vector<Referrer> referrers;
  std::vector<Ref> refs;
  KnownElement known_element;
  Sha256 hasher;     ///< of nothing between two calls; one, because a new one costs as much as a short record
  std::string text;  ///< kept between calls for its memory

  Result<Hash> hash_of(const Record& record);
  Result<void> add_job(const Record& job);
  Result<void> add_refs(const Record& job, std::string_view refs_json);
  Result<void> know_element(const std::string& json);
  void extend_run(const Record& job);
  void resolve_refs();
  [[nodiscard]] Hash with_refs(const Referrer& referrer, std::size_t end_ref);
  [[nodiscard]] Hash target_hash(const Ref& ref) const;
  void join_runs();
};

Result<Hash> FingerprintBuilder::State::hash_of(const Record& record) {
  constexpr std::size_t k_long = 64 * limits::k_kib;
  const auto take_long_value = [&](std::string& before, std::string_view json) {
    if (json.size() < k_long || (is_nested(json) && !is_sorted_json(json))) {
      return false;
    }
    hasher.update(before);
    before.clear();
    hasher.update(json);
    return true;
  };
  text = to_text(record.section);
  text += '\n';
  QSNAP_TRY(append_semantic_text(text, record, take_long_value));
  hasher.update(text);
  if (text.size() > k_long) {
    text = {};
  }
  return take_hash(hasher);
}

Result<void> FingerprintBuilder::State::add_job(const Record& job) {
  if (job_keys.empty()) {
    first_job = contributions.size() - 1;
  }
  job_keys.push_back(own_target_key(job).value_or(k_no_target));
  if (const auto refs_json = job.fields.find("refs")) {
    QSNAP_TRY(add_refs(job, *refs_json));
  }
  extend_run(job);
  return {};
}

Result<void> FingerprintBuilder::State::add_refs(const Record& job, std::string_view refs_json) {
  QSNAP_ASSIGN(const std::vector<std::string> elements, array_elements(refs_json));
  QSNAP_ASSIGN(const std::vector<std::string> ids, array_elements(job.volatiles.find("ref_ids").value_or("[]")));
  if (elements.empty()) {
    return {};
  }
  referrers.push_back({contributions.size() - 1, refs.size()});
  for (std::size_t i = 0; i < elements.size(); ++i) {
    QSNAP_TRY(know_element(elements[i]));
    const auto& [json, what, queue] = known_element;
    const bool has_target = i < ids.size() && queue;
    refs.push_back({what, has_target ? std::optional{target_key(*queue, ids[i])} : std::nullopt});
  }
  return {};
}

Result<void> FingerprintBuilder::State::know_element(const std::string& json) {
  if (known_element.json == json) {
    return {};
  }
  QSNAP_ASSIGN(const std::string sorted, sorted_json(json));
  QSNAP_ASSIGN(const std::vector<Field> members, object_members(json));
  const auto queue = std::find_if(members.begin(), members.end(), [](const Field& f) { return f.name == "queue"; });
  hasher.update(sorted);
  known_element = {json, take_hash(hasher), queue != members.end() ? std::optional{queue->json} : std::nullopt};
  return {};
}

void FingerprintBuilder::State::extend_run(const Record& job) {
  const std::string_view state = job.fields.find("state").value_or("\"\"");
  if (!model::order_counts(state.substr(1, state.size() - 2))) {
    return;
  }
  std::string queue_and_state{job.fields.find("queue").value_or("")};
  queue_and_state.append("\n").append(state);
  const std::size_t end = contributions.size();
  const bool goes_on = !runs.empty() && runs.back().end + 1 == end && runs.back().queue_and_state == queue_and_state;
  if (goes_on) {
    runs.back().end = end;
  } else {
    runs.push_back({end - 1, end, std::move(queue_and_state)});
  }
}

Hash FingerprintBuilder::State::target_hash(const Ref& ref) const {
  if (!ref.target) {
    return {};
  }
  const auto at = std::lower_bound(jobs_by_key.begin(), jobs_by_key.end(), *ref.target,
                                   [&](std::uint32_t job, std::uint64_t key) { return job_keys[job] < key; });
  return at != jobs_by_key.end() && job_keys[*at] == *ref.target ? contributions[first_job + *at] : Hash{};
}

Hash FingerprintBuilder::State::with_refs(const Referrer& referrer, std::size_t end_ref) {
  std::vector<std::pair<Hash, Hash>> entries;
  entries.reserve(end_ref - referrer.first_ref);
  for (std::size_t i = referrer.first_ref; i < end_ref; ++i) {
    entries.emplace_back(refs[i].what, target_hash(refs[i]));
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::pair{bytes(a.first), bytes(a.second)} < std::pair{bytes(b.first), bytes(b.second)};
  });
  hasher.update("refs\n");
  hasher.update(bytes(contributions[referrer.contribution]));
  for (const auto& [what, target] : entries) {
    hasher.update(bytes(what));
    hasher.update(bytes(target));
  }
  return take_hash(hasher);
}

/// Turns h into c for the jobs with refs. All are computed before the first is replaced: a target counts with its h.
void FingerprintBuilder::State::resolve_refs() {
  if (referrers.empty()) {
    return;
  }
  jobs_by_key.resize(job_keys.size());
  std::iota(jobs_by_key.begin(), jobs_by_key.end(), 0U);
  std::sort(jobs_by_key.begin(), jobs_by_key.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair{job_keys[a], a} < std::pair{job_keys[b], b};
  });
  std::vector<Hash> resolved;
  resolved.reserve(referrers.size());
  for (std::size_t i = 0; i < referrers.size(); ++i) {
    resolved.push_back(with_refs(referrers[i], i + 1 < referrers.size() ? referrers[i + 1].first_ref : refs.size()));
  }
  for (std::size_t i = 0; i < referrers.size(); ++i) {
    contributions[referrers[i].contribution] = resolved[i];
  }
}

/// Turns contributions into units, in their place: a run becomes one.
void FingerprintBuilder::State::join_runs() {
  std::size_t units = 0;
  std::size_t at = 0;
  const auto keep_until = [&](std::size_t end) {
    while (at < end) {
      contributions[units++] = contributions[at++];
    }
  };
  for (const Run& run : runs) {
    keep_until(run.first);
    hasher.update("sequence\n");
    for (; at < run.end; ++at) {
      hasher.update(bytes(contributions[at]));
    }
    contributions[units++] = take_hash(hasher);
  }
  keep_until(contributions.size());
  contributions.resize(units);
}

FingerprintBuilder::FingerprintBuilder() : m_state(std::make_unique<State>()) {}
FingerprintBuilder::FingerprintBuilder(FingerprintBuilder&&) noexcept = default;
FingerprintBuilder::~FingerprintBuilder() = default;

Result<void> FingerprintBuilder::add(const Record& record) {
  if (!counts(record)) {
    return {};
  }
  QSNAP_ASSIGN(const Hash hash, m_state->hash_of(record));
  m_state->contributions.push_back(hash);
  return record.section == Section::jobs ? m_state->add_job(record) : Result<void>{};
}

std::string FingerprintBuilder::finish() {
  m_state->resolve_refs();
  m_state->job_keys = {};
  m_state->jobs_by_key = {};
  m_state->refs = {};
  m_state->join_runs();
  std::vector<Hash>& units = m_state->contributions;
  std::sort(units.begin(), units.end(), [](const Hash& x, const Hash& y) { return bytes(x) < bytes(y); });
  Sha256 digest;
  digest.update("qsnap fingerprint 1\n");
  for (const Hash& unit : units) {
    digest.update(bytes(unit));
  }
  return digest.digest();
}

}  // namespace qsnap::codec
