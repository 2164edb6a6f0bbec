// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/job_bins.hpp>
#include <qsnap/frameworks/layout/bodies.hpp>
#include <qsnap/frameworks/layout/key_index.hpp>
#include <qsnap/frameworks/layout/layout.hpp>

namespace qsnap::frameworks::layout {

/// One structure of jobs, as far as one queue is concerned.
struct Place {
  std::size_t indexed = 0;         ///< of KeyIndex::keys
  std::optional<std::size_t> bin;  ///< where this queue's elements are, when the structure has those of several
  std::uint64_t jobs = 0;          ///< how many of them
};

struct OrphanBody {
  Bodies::Number body = 0;
  std::string id;
};

/// A queue with everything of it that a layout knows.
struct QueueImage {
  std::string name;
  std::string text;                                               ///< the full id
  std::map<std::string, std::vector<Place>, std::less<>> states;  ///< places in byte order of their keys
  std::vector<OrphanBody> orphans;
};

/// The structures of one namespace in memory: which queues there are, which jobs stand where, and how many. Holds
/// names, counts and ids of side structures, never payloads. One thread.
class NamespaceImage {
 public:
  /// Reads every structure once. The layout and the keyspace must outlive the image. `inner`: as Found has it.
  static Result<NamespaceImage> read(const Layout& layout, const model::Keyspace& keyspace, std::string_view name_space,
                                     std::span<const std::string> inner = {}, const KeyFilter& is_free = {});

  [[nodiscard]] const KeyIndex& index() const { return m_index; }
  [[nodiscard]] const Bodies& bodies() const { return m_bodies; }
  /// Sorted by text.
  [[nodiscard]] const std::vector<QueueImage>& queues() const { return m_queues; }
  /// Null if no key of the layout's tells of such a queue.
  [[nodiscard]] const QueueImage* find_queue(std::string_view name) const;
  /// The queue that a body belongs to, by the first structure that names it, or as an orphan.
  [[nodiscard]] const QueueImage& queue_of(Bodies::Number body) const { return m_queues[m_owners[body]]; }
  /// Hands over a place's elements, the one that runs next first: of a zset with its score, of a hash the value with
  /// its field, else with an empty mark.
  using ElementReader = std::function<Result<void>(std::string_view element, std::string_view mark)>;
  Result<void> read_place(const Place& place, const ElementReader& reader);
  /// What a side structure says of an id; absent if nothing.
  [[nodiscard]] std::optional<std::string_view> side(std::size_t side, std::string_view queue,
                                                     std::string_view id) const;
  /// Whether a set that names queues names this one.
  [[nodiscard]] bool is_listed(std::size_t listed, std::string_view queue) const;

 private:
  NamespaceImage(const Layout& layout, const model::Keyspace& keyspace, std::string_view name_space, KeyIndex index,
                 Bodies bodies, JobBins bins)
      : m_layout(&layout),
        m_keyspace(&keyspace),
        m_name_space(name_space),
        m_index(std::move(index)),
        m_bodies(std::move(bodies)),
        m_bins(std::move(bins)),
        m_owners(m_bodies.size(), k_nobody) {}

  Result<void> read_elements(const IndexedKey& indexed, const ElementReader& reader) const;
  std::uint32_t number_of(std::string_view queue);
  QueueImage& queue(std::string_view name) { return m_queues[number_of(name)]; }
  Result<void> read_states();
  Result<void> read_structure(std::size_t indexed);
  Result<void> sort_into_bins(std::size_t indexed, const StateSpec& state);
  Result<std::string> claim_for_queue(const StateSpec& state, std::string_view element);
  Result<void> read_own_key(std::size_t indexed, const StateSpec& state);
  Result<void> read_sides();
  Result<void> read_listed();
  Result<void> find_orphans();
  void sort_queues();

  const Layout* m_layout;
  const model::Keyspace* m_keyspace;
  std::string m_name_space;
  KeyIndex m_index;
  Bodies m_bodies;
  JobBins m_bins;
  std::size_t m_bin_count = 0;
  static constexpr std::uint32_t k_nobody = UINT32_MAX;
  std::vector<std::uint32_t> m_owners;  ///< of each body, the queue's index; bodies alone have one
  std::vector<QueueImage> m_queues;
  std::unordered_map<std::string, std::uint32_t> m_queue_numbers;
  using Marks = std::unordered_map<std::string, std::string>;   ///< by id
  std::vector<std::unordered_map<std::string, Marks>> m_sides;  ///< parallel to the layout's; by queue
  std::vector<std::unordered_set<std::string>> m_listed;        ///< parallel to the layout's
};

}  // namespace qsnap::frameworks::layout
