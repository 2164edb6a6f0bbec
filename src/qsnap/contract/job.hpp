// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/config/path_pattern.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/snapshot.hpp>

/// A job as invariants look at it. Internal to contract.
namespace qsnap::contract {

/// Where jobs stand: one line of them, where the state has an order.
struct Place {
  std::string queue;  ///< full id
  std::string state;

  [[nodiscard]] std::string_view framework() const { return std::string_view{queue}.substr(0, queue.find(':')); }
  /// "bullmq:bull:mail, waiting"
  [[nodiscard]] std::string words() const;
};

/// What stands at a path of a job.
struct MemberValue {
  std::string path;  ///< "payload.items[2].price"
  std::string json;  ///< canonical; of an object or array in a form in which the order of members says nothing
  bool is_scalar = true;
};

/// One job after the other. What is decoded of one is kept until the next one comes, because many invariants may ask.
/// `payloads` must outlive it.
class Job {
 public:
  explicit Job(const model::PayloadReader& payloads) : m_payloads(payloads) {}

  /// Both must outlive the job's turn. `position` counts from 1.
  void enter(const model::Record& record, const Place& place, std::uint64_t position);

  [[nodiscard]] const Place& place() const { return *m_place; }
  [[nodiscard]] std::uint64_t position() const { return m_position; }
  /// The name as JSON; absent for a job without one.
  [[nodiscard]] std::optional<std::string_view> name_json() const { return m_record->fields.find("name"); }
  /// `job 42 (email) in bullmq:bull:mail, waiting 3`
  [[nodiscard]] std::string words() const;
  /// What the steps of the pattern lead to: nothing, one value, or, by wildcards, many. Payloads are read decoded where
  /// that can be done.
  Result<std::vector<MemberValue>> values(const config::PathPattern& pattern);

 private:
  using Step = config::PathPattern::Step;

  /// The member of the record that a path begins with, decoded where that can be done. Absent where there is none. The
  /// view holds until the next call.
  [[nodiscard]] std::optional<std::string_view> member(std::string_view name);
  /// The same one step further, for most paths are that long.
  [[nodiscard]] std::optional<std::string_view> member_step(std::string_view name, const Step& step);
  Result<std::vector<MemberValue>> follow(const config::PathPattern& pattern);
  Result<std::vector<MemberValue>> search(const config::PathPattern& pattern);

  const model::PayloadReader& m_payloads;
  const model::Record* m_record = nullptr;
  const Place* m_place = nullptr;
  std::uint64_t m_position = 0;
  std::string m_member_name;                          ///< the member that was asked for last; empty: none
  std::optional<std::string> m_member;                ///< that, decoded
  std::optional<std::vector<model::Field>> m_inside;  ///< what is in it, once somebody has asked
};

/// A value for a sentence: cut where it is long.
[[nodiscard]] std::string shown(std::string_view text);
/// "1 job", "12 jobs"
[[nodiscard]] std::string quantity(std::uint64_t count, std::string_view singular);

}  // namespace qsnap::contract
