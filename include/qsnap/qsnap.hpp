// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <qsnap/qsnap.h>

/// git-qsnap for C++17 and later: a header over the C interface (qsnap.h), so that a program and libqsnap need not be
/// built by the same compiler. Nothing here throws but for lack of memory: what went wrong is in the Verdict. Members
/// of the option structures may be named in braces in C++20: session.check("signup", {.within = 5s}).
namespace qsnap {

/// The exit codes of the command line.
enum class Status : int {
  ok = QSNAP_OK,
  differs = QSNAP_DIFFERS,  ///< differs, is missing, or a contract is broken
  usage = QSNAP_USAGE,
  redis = QSNAP_REDIS,
  inconsistent = QSNAP_INCONSISTENT,
  broken = QSNAP_BROKEN,
  refused = QSNAP_REFUSED,
  io = QSNAP_IO,
  internal = QSNAP_INTERNAL,
};

/// What a call came to. True when the test may go on.
struct Verdict {
  bool ok = false;
  Status status = Status::internal;
  std::string message;  ///< for people: several lines of UTF-8, no control characters but new lines
  std::string json;     ///< what git-qsnap prints with --json

  explicit operator bool() const { return ok; }
};

struct SessionOptions {
  std::string folder = ".";                ///< any folder of the repository
  std::string redis = {};                  ///< URL; empty: QSNAP_REDIS_URL
  std::string update = {};                 ///< pending, new, all, none; empty: as `git qsnap assert` decides
  bool allow_host = false;                 ///< a Redis that is not on this machine
  std::chrono::milliseconds timeout = {};  ///< how long to wait for an answer of Redis; 0: 30 s
};

struct CheckOptions {
  std::chrono::milliseconds within = {};     ///< how long the state may take to be as expected
  std::chrono::milliseconds stable = {};     ///< and how long it has to stay so
  std::vector<std::string> ignore = {};      ///< rules as on the command line: "jobs.payload.requestId"
  std::vector<std::string> tolerance = {};   ///< "jobs.payload.price=1%"
  std::vector<std::string> order = {};       ///< "mail=free"
  std::vector<std::string> prefixes = {};    ///< what a new snapshot holds; an existing one has its own scope
  std::vector<std::string> queues = {};      ///< likewise
  std::vector<std::string> frameworks = {};  ///< read these keys as of this framework: "bullmq=bull"
  std::string rename_prefix = {};            ///< "bull-3=bull": of what is captured, before it is compared
  std::vector<std::string> contracts = {};   ///< files
  bool allow_empty = false;                  ///< keep an empty state on purpose
  std::string test = {};                     ///< who asserts, for whoever reviews
};

struct CaptureOptions {
  std::vector<std::string> prefixes = {}, queues = {}, frameworks = {};
  std::string description = {};
  std::vector<std::string> tags = {};
  bool allow_empty = false;
};

struct LoadOptions {
  std::string time = {};    ///< shift (default), keep or due
  std::string active = {};  ///< keep (default), requeue or stalled
  std::vector<std::string> queues = {};
  bool paused = false;
  bool replace = false;  ///< delete what is in the snapshot's scope; else a target that is not empty is refused
  bool backup = true;    ///< keep a copy of what is deleted
  std::string rename_prefix = {};
};

namespace detail {

/// A JSON object, member by member. What is empty, zero or as it would be anyway is left out.
class JsonOptions {
 public:
  JsonOptions& text(std::string_view name, std::string_view value) {
    if (!value.empty()) {
      begin(name);
      append(value);
    }
    return *this;
  }
  JsonOptions& texts(std::string_view name, const std::vector<std::string>& values) {
    if (!values.empty()) {
      begin(name);
      char separator = '[';
      for (const std::string& value : values) {
        m_json += std::exchange(separator, ',');
        append(value);
      }
      m_json += ']';
    }
    return *this;
  }
  JsonOptions& flag(std::string_view name, bool value, bool otherwise = false) {
    if (value != otherwise) {
      begin(name);
      m_json += value ? "true" : "false";
    }
    return *this;
  }
  JsonOptions& milliseconds(std::string_view name, std::chrono::milliseconds value) {
    if (value.count() != 0) {
      begin(name);
      m_json += std::to_string(value.count());
    }
    return *this;
  }
  [[nodiscard]] std::string take() { return std::move(m_json) + '}'; }

 private:
  void begin(std::string_view name) {
    m_json += m_json.size() > 1 ? "," : "";
    append(name);
    m_json += ':';
  }
  void append(std::string_view text) {
    constexpr char digits[] = "0123456789abcdef";
    m_json += '"';
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20) {
        m_json.append("\\u00") += digits[byte >> 4U];
        m_json += digits[byte & 15U];
      } else {
        m_json.append(c == '"' || c == '\\' ? "\\" : "") += c;
      }
    }
    m_json += '"';
  }

  std::string m_json = "{";
};

struct CloseSession {
  void operator()(qsnap_session* session) const { qsnap_session_close(session); }
};
struct FreeResult {
  void operator()(qsnap_result* result) const { qsnap_result_free(result); }
};
using SessionHandle = std::unique_ptr<qsnap_session, CloseSession>;
using ResultHandle = std::unique_ptr<qsnap_result, FreeResult>;

inline Verdict verdict_of(qsnap_result* owned) {
  const ResultHandle result{owned};
  const qsnap_status status = qsnap_result_status(result.get());
  return {status == QSNAP_OK, static_cast<Status>(status), qsnap_result_message(result.get()),
          qsnap_result_json(result.get())};
}

}  // namespace detail

/// A repository with its snapshots, and a Redis. Can be moved. One thread at a time; different sessions do not disturb
/// each other. A session that could not be opened is one, too: each of its calls gives the verdict that says why.
class Session {
 public:
  explicit Session(const SessionOptions& options = {}) {
    const std::string json = detail::JsonOptions{}
                                 .text("folder", options.folder)
                                 .text("redis", options.redis)
                                 .text("update", options.update)
                                 .flag("allow_host", options.allow_host)
                                 .milliseconds("timeout_ms", options.timeout)
                                 .take();
    qsnap_result* error = nullptr;
    m_session.reset(qsnap_session_open(json.c_str(), &error));
    m_opening = m_session ? Verdict{true, Status::ok, {}, {}} : detail::verdict_of(error);
  }

  /// Whether it could be opened, and why not.
  [[nodiscard]] const Verdict& opening() const { return m_opening; }

  /// git qsnap assert NAME
  [[nodiscard]] Verdict check(std::string_view name, const CheckOptions& options = {}) {
    return call(qsnap_check, name, json_of(options));
  }
  /// git qsnap assert --contract FILE
  [[nodiscard]] Verdict check_contract(std::string_view file, const CheckOptions& options = {}) {
    return call(qsnap_check_contract, file, json_of(options));
  }
  /// git qsnap save NAME
  [[nodiscard]] Verdict capture(std::string_view name, const CaptureOptions& options = {}) {
    return call(qsnap_capture, name,
                detail::JsonOptions{}
                    .texts("prefixes", options.prefixes)
                    .texts("queues", options.queues)
                    .texts("frameworks", options.frameworks)
                    .text("description", options.description)
                    .texts("tags", options.tags)
                    .flag("allow_empty", options.allow_empty)
                    .take());
  }
  /// git qsnap load NAME
  [[nodiscard]] Verdict load(std::string_view name, const LoadOptions& options = {}) {
    return call(qsnap_load, name,
                detail::JsonOptions{}
                    .text("time", options.time)
                    .text("active", options.active)
                    .texts("queues", options.queues)
                    .flag("paused", options.paused)
                    .flag("replace", options.replace)
                    .flag("backup", options.backup, true)
                    .text("rename_prefix", options.rename_prefix)
                    .take());
  }

 private:
  using Call = qsnap_result* (*)(qsnap_session*, const char*, const char*);

  static std::string json_of(const CheckOptions& options) {
    return detail::JsonOptions{}
        .milliseconds("within_ms", options.within)
        .milliseconds("stable_ms", options.stable)
        .texts("ignore", options.ignore)
        .texts("tolerance", options.tolerance)
        .texts("order", options.order)
        .texts("prefixes", options.prefixes)
        .texts("queues", options.queues)
        .texts("frameworks", options.frameworks)
        .text("rename_prefix", options.rename_prefix)
        .texts("contract", options.contracts)
        .flag("allow_empty", options.allow_empty)
        .text("test", options.test)
        .take();
  }
  Verdict call(Call function, std::string_view name, const std::string& json) {
    if (!m_session) {
      return m_opening;
    }
    // A C string ends at the first NUL: what stands behind it must not be left out silently.
    const std::string text{name.substr(0, name.find('\0'))};
    return detail::verdict_of(
        function(m_session.get(), text.size() == name.size() ? text.c_str() : "\\0", json.c_str()));
  }

  detail::SessionHandle m_session;
  Verdict m_opening;
};

}  // namespace qsnap
