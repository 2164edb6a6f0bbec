// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/base/spool.hpp>

TEST_SUITE_BEGIN("qsnap::Spool");

namespace qsnap {

namespace {

/// What is in the nameless files that this process has open, one behind the other.
std::string bytes_of_nameless_files() {
  std::string all;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
    std::error_code gone;
    const std::string target = std::filesystem::read_symlink(entry.path(), gone).native();
    const UniqueFd fd{target.ends_with(" (deleted)") ? ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC) : -1};
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
      continue;
    }
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    REQUIRE(::pread(fd.get(), bytes.data(), bytes.size(), 0) == status.st_size);
    all += bytes;
  }
  return all;
}

}  // namespace

TEST_CASE("what is in the file tells nothing of what was written") {
  auto spool = Spool::create();
  REQUIRE(spool);
  const std::string secret = "hunter2-hunter2-hunter2-hunter2";
  const std::size_t before = bytes_of_nameless_files().size();
  std::uint64_t appended = 0;
  while (appended < 3U << 20U) {
    REQUIRE(spool->append(secret));
    appended += secret.size();
  }
  const std::string bytes = bytes_of_nameless_files();
  CHECK(bytes.size() >= before + (2U << 20U));        // it is there…
  CHECK(bytes.find("hunter2") == std::string::npos);  // …but not to be read
  CHECK(*spool->read({secret.size() * 1000, secret.size()}) == secret);
}

TEST_CASE("a run that lies half in the file and half in memory is read as one") {
  auto spool = Spool::create();
  REQUIRE(spool);
  const std::string much(1U << 20U, 'm');
  REQUIRE(spool->append(much));  // goes to the file
  REQUIRE(spool->append("tail"));
  CHECK(*spool->read({much.size() - 3, 5}) == "mmmta");
  CHECK(*spool->read({much.size() + 4, 0}) == "");
  CHECK_FALSE(spool->read({much.size(), 5}));
}

TEST_CASE("what fits into the memory that a spool was given never reaches the file") {
  constexpr std::size_t k_memory_bytes = 4U << 20U;
  const std::size_t before = bytes_of_nameless_files().size();
  auto spool = Spool::create(k_memory_bytes);
  REQUIRE(spool);
  std::vector<SpoolRef> refs;
  const auto text = [](std::size_t i) { return std::string(1000, static_cast<char>('a' + i % 26)); };
  while (spool->size() + 1000 < k_memory_bytes) {
    refs.push_back(*spool->append(text(refs.size())));
  }
  CHECK(bytes_of_nameless_files().size() == before);
  refs.push_back(*spool->append(text(refs.size())));  // one too many: now all of it goes there
  CHECK(bytes_of_nameless_files().size() >= before + k_memory_bytes);
  for (int i = 0; i < 3000; ++i) {
    refs.push_back(*spool->append(text(refs.size())));
  }
  CHECK(bytes_of_nameless_files().size() > before + k_memory_bytes);
  for (std::size_t i = 0; i < refs.size(); ++i) {
    REQUIRE(*spool->read(refs[i]) == text(i));
  }
}

TEST_CASE("spools that fit into memory take no file descriptors") {
  const auto open_files = [] {
    const std::filesystem::directory_iterator files{"/proc/self/fd"};
    return std::distance(begin(files), end(files));
  };
  const auto before = open_files();
  std::vector<Spool> spools;
  for (int i = 0; i < 100; ++i) {
    auto spool = Spool::create();
    REQUIRE(spool);
    REQUIRE(spool->append("some"));
    spools.push_back(std::move(*spool));
  }
  CHECK(open_files() == before);
}

TEST_CASE("pieces of any length are one run") {
  auto spool = Spool::create();
  REQUIRE(spool);
  REQUIRE(spool->append("before"));
  const std::string much(5U << 20U, 'm');
  const auto ref = spool->append({"head", much, "", "tail"});
  REQUIRE(ref);
  CHECK(ref->bytes == much.size() + 8);
  CHECK(*spool->read(*ref) == "head" + much + "tail");
  CHECK(*spool->read({0, 6}) == "before");
}

TEST_CASE("several threads read a spool that nobody writes to") {
  auto spool = Spool::create();
  REQUIRE(spool);
  std::vector<SpoolRef> refs;
  for (std::size_t i = 0; i < 4000; ++i) {
    refs.push_back(*spool->append(std::string(i % 997, static_cast<char>('a' + i % 26))));
  }
  std::vector<std::size_t> wrong(3, 0);
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < wrong.size(); ++thread) {
    threads.emplace_back([&, thread] {
      for (std::size_t i = 0; i < refs.size(); ++i) {
        const auto bytes = std::as_const(*spool).read(refs[i]);
        wrong[thread] += bytes && *bytes == std::string(i % 997, static_cast<char>('a' + i % 26)) ? 0U : 1U;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(wrong == std::vector<std::size_t>(3, 0));
}

TEST_CASE("runs are read back in any order, also the ones still in the buffer") {
  auto spool = Spool::create();
  REQUIRE(spool);
  std::vector<SpoolRef> refs;
  const auto text = [](std::size_t i) { return std::string(i * 37 % 5000, static_cast<char>('a' + i % 26)); };
  for (std::size_t i = 0; i < 2000; ++i) {
    auto ref = spool->append(text(i));
    REQUIRE(ref);
    refs.push_back(*ref);
  }
  for (std::size_t i = refs.size(); i-- > 0;) {
    auto bytes = spool->read(refs[i]);
    REQUIRE(bytes);
    REQUIRE(*bytes == text(i));
  }
  auto more = spool->append("after reading");
  REQUIRE(more);
  CHECK(*spool->read(*more) == "after reading");
}

}  // namespace qsnap
TEST_SUITE_END();
