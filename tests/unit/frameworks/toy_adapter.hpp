// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <qsnap/frameworks/adapter.hpp>

/// A framework for tests, small and with the shapes of real ones:
///   <ns>:queues            set     names of all queues (belongs to no single one)
///   <ns>:late              zset    "<queue>/<id>" of many queues, like Sidekiq's retry set
///   <ns>:q:<queue>:list    list    ids; the right end is next, as in BullMQ
///   <ns>:q:<queue>:done    zset    ids
///   <ns>:q:<queue>:job:…   hash    a job's body
///   <ns>:q:<queue>:lock:…  string  kept as a lock
namespace qsnap::frameworks::test {

/// What the adapter gets wrong, so that the proof has something to find.
enum class Lie : std::uint8_t {
  none,
  drops_a_field,     ///< of job 2
  wrong_order,       ///< of every list
  wrong_score,       ///< of job 3 in done
  forgets_a_key,     ///< never writes done
  forgets_expiry,    ///< of every body
  writes_twice,      ///< job 2
  ghost_key,         ///< writes a key that is not there
  ignores_verbatim,  ///< rebuilds lists in the wrong order, also when they are kept verbatim
  fails,             ///< its rebuild gives an error
  foreign_records,   ///< its job records name another namespace
};

[[nodiscard]] std::unique_ptr<Adapter> make_toy_adapter(Lie lie = Lie::none);
/// A list with this adapter alone.
[[nodiscard]] AdapterList toy_adapters(Lie lie = Lie::none);

}  // namespace qsnap::frameworks::test
