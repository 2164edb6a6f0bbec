// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/redaction_key.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/random.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/redis/private_file.hpp>

namespace qsnap::app {

namespace {

constexpr std::size_t k_most_bytes = 4096;
constexpr std::size_t k_random_bytes = 32;

Result<codec::RedactionKey> read_key(const std::filesystem::path& file) {
  QSNAP_ASSIGN(const std::string text, redis::read_private_file(file, "key file", k_most_bytes));
  auto key = codec::RedactionKey::parse(text);
  return key ? std::move(key) : with_context(std::move(key).error(), file.native());
}

/// A name that goes away again.
class TemporaryName {
 public:
  explicit TemporaryName(std::string name) : m_name(std::move(name)) {}
  TemporaryName(const TemporaryName&) = delete;
  TemporaryName& operator=(const TemporaryName&) = delete;
  ~TemporaryName() { ::unlink(m_name.c_str()); }
  [[nodiscard]] const char* c_str() const { return m_name.c_str(); }

 private:
  std::string m_name;
};

/// Writes the file beside its place and links it there, so that nobody sees half of it and nobody's is replaced.
Result<void> make_key(const std::filesystem::path& file) {
  std::error_code failure;
  std::filesystem::create_directories(file.parent_path(), failure);
  QSNAP_ASSIGN(const std::string random, random_bytes(k_random_bytes));
  const std::string text = to_hex(random) + '\n';
  std::string name = file.native() + ".XXXXXX";
  const UniqueFd fd{::mkostemp(name.data(), O_CLOEXEC)};  // mode 0600
  if (!fd) {
    return file_error("make", file, errno);
  }
  const TemporaryName temporary{std::move(name)};
  if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) || ::fsync(fd.get()) != 0) {
    return file_error("write", file, errno);
  }
  if (::link(temporary.c_str(), file.c_str()) != 0 && errno != EEXIST) {
    return file_error("make", file, errno);
  }
  return {};
}

}  // namespace

std::filesystem::path redaction_key_file(const KeyPlaces& places) {
  return places.config_home / "qsnap" / "redact.key";
}

Result<UserKey> user_key(const KeyPlaces& places) {
  if (!places.given.empty()) {
    auto given = codec::RedactionKey::parse(places.given);
    return given ? Result<UserKey>{UserKey{*std::move(given), UserKey::Origin::given}}
                 : with_context(std::move(given).error(), "QSNAP_REDACT_KEY");
  }
  if (places.config_home.empty()) {
    return make_error(ErrorCode::usage, "there is no key for redaction, and no home folder to keep one in",
                      {"set QSNAP_REDACT_KEY; openssl rand -hex 32 makes a good one"});
  }
  const std::filesystem::path file = redaction_key_file(places);
  std::error_code failure;
  const bool is_there = std::filesystem::exists(std::filesystem::symlink_status(file, failure));
  if (!is_there) {
    QSNAP_TRY(make_key(file));
  }
  QSNAP_ASSIGN(codec::RedactionKey key, read_key(file));
  return UserKey{std::move(key), is_there ? UserKey::Origin::file : UserKey::Origin::made};
}

}  // namespace qsnap::app
