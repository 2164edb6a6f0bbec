// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <support/rdb_bytes.hpp>

#include <qsnap/base/text.hpp>
#include <qsnap/redis/rdb/rdb_reader.hpp>

namespace qsnap::redis {

struct RdbImage {
  RdbInfo info;
  KeyImage keyspace;
};

inline Result<RdbImage> read_image(RdbInput& input, const RdbOptions& options = {},
                                   Instant captured_at = instant_from_ms(0)) {
  QSNAP_ASSIGN(Spool spool, Spool::create());
  KeyTable table;
  QSNAP_ASSIGN(RdbInfo info, read_rdb(input, options, table, spool, {}));
  table.freeze(captured_at);
  return RdbImage{std::move(info), KeyImage{std::move(table), std::move(spool)}};
}

inline std::filesystem::path rdb_fixture(std::string_view name) {
  return std::filesystem::path{QSNAP_SOURCE_DIR} / "tests/fixtures/rdb" / name;
}

inline std::string rdb_bytes(std::string_view name) {
  std::ifstream file{rdb_fixture(name), std::ios::binary};
  REQUIRE(file);
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

/// Two images are equal if these lines are.
inline std::vector<std::string> lines_of(const model::Keyspace& keyspace) {
  std::vector<std::string> lines;
  for (model::KeyId key = 0; key < keyspace.size(); ++key) {
    const auto items = keyspace.read_all(key);
    REQUIRE(items);
    lines.push_back(fmt::format("{} {} {} {}", to_hex(keyspace.name(key)), model::to_text(keyspace.type(key)),
                                keyspace.expires_at(key) ? to_ms(*keyspace.expires_at(key)) : -1,
                                to_hex(items->encode())));
  }
  return lines;
}

/// Says where they differ and not all of both, which would fill the log.
inline void check_equal(const model::Keyspace& expected, const model::Keyspace& actual, std::string_view what) {
  const std::vector<std::string> wanted = lines_of(expected);
  const std::vector<std::string> got = lines_of(actual);
  CHECK(wanted.size() == got.size());
  for (std::size_t i = 0; i < std::min(wanted.size(), got.size()); ++i) {
    if (wanted[i] != got[i]) {
      const auto [a, b] = std::mismatch(wanted[i].begin(), wanted[i].end(), got[i].begin(), got[i].end());
      const auto at = static_cast<std::size_t>(a - wanted[i].begin());
      FAIL_CHECK(what << " differs at " << at << ": " << wanted[i].substr(0, 60) << "\nexpected …"
                      << wanted[i].substr(at - std::min<std::size_t>(at, 20), 80) << "\nactual   …"
                      << got[i].substr(at - std::min<std::size_t>(at, 20), 80));
    }
  }
}

}  // namespace qsnap::redis
