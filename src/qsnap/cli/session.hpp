// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <qsnap/app/capture_document.hpp>
#include <qsnap/app/set_choice.hpp>
#include <qsnap/base/clock.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/cli/progress_bar.hpp>
#include <qsnap/report/metrics_page.hpp>
#include <qsnap/report/style.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::cli {

/// What the user said on the command line that several commands share.
struct CommonOptions {
  std::string redis_url;
  std::string credentials_file;
  std::string tls_ca, tls_certificate, tls_key;  ///< files
  double timeout_s = 30;
  bool allow_host = false;
  std::string consistency;  ///< auto, freeze, fork, rounds, none; empty: not said
  int retries = redis::CaptureOptions{}.retries;
  bool explain = false;
  bool redact = false;
  std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
  bool json = false;
  std::string colour = "auto";
  std::string metrics_file;
  std::string set, branch;
};

/// One run of the program: its terminal, its environment, its clock. Everything that a command may touch outside of
/// the use cases. Only cli knows it.
class Session {
 public:
  explicit Session(const std::atomic<bool>* cancelled) : m_cancelled(cancelled) {}

  CommonOptions options;

  /// Writes to standard output, buffered: only after flush() is it known to be out. Errors with `io` (a full disk, a
  /// closed pipe).
  Result<void> print(std::string_view text);
  /// JSON or text, as the user wants it: the text is made only when needed.
  Result<void> print(const std::function<std::string()>& json, const std::function<std::string()>& text);
  /// Once, when a command is done.
  Result<void> flush();
  void print_error(const Error& error);
  /// Standard output was a pipe, and who read it has enough.
  [[nodiscard]] bool reader_left() const { return m_reader_left; }

  /// Whether somebody reads standard output on a terminal.
  [[nodiscard]] static bool prints_to_terminal();

  /// The tree of the current folder, in the set that --set, --branch or the branch means. Any other than the default
  /// one is named on standard error, once, and why it is the one; with --json only beside an error, because standard
  /// error is a JSON document then, or nothing.
  [[nodiscard]] Result<store::Store> open_store();
  /// --redis, else QSNAP_REDIS_URL, else a usage error that says so.
  [[nodiscard]] Result<app::Target> target();
  /// The same, absent instead of an error when the user named no Redis at all.
  [[nodiscard]] Result<std::optional<app::Target>> optional_target();
  /// One of two servers, "A" or "B": `url`, else QSNAP_REDIS_URL_A. Its credentials are its own: those of --credentials
  /// are for neither, QSNAP_CREDENTIALS_FILE_A is.
  [[nodiscard]] Result<app::Target> side_target(std::string_view side, const std::string& url);
  /// A Redis that is known already, to be captured as the user wants it.
  [[nodiscard]] app::Target target_at(redis::Endpoint endpoint);
  /// The current folder; "." when somebody deleted it.
  [[nodiscard]] std::filesystem::path folder() const {
    std::error_code gone;
    const std::filesystem::path folder = std::filesystem::current_path(gone);
    return gone ? "." : folder;
  }
  /// --redact, and the key: QSNAP_REDACT_KEY, else redact.key in the user's config folder, made at the first use.
  [[nodiscard]] app::RedactionChoice redaction();
  [[nodiscard]] report::Style style() const;
  /// The same for standard error.
  [[nodiscard]] report::Style error_style() const;
  [[nodiscard]] const Clock& clock() const { return m_clock; }
  [[nodiscard]] Progress progress();
  /// What this run adds to the metrics file (metrics_option.hpp).
  [[nodiscard]] report::MetricsPage& metrics() { return m_metrics; }
  /// Asks on the terminal; false without one.
  [[nodiscard]] bool confirm(std::string_view question);
  /// Whether there is a terminal to ask on.
  [[nodiscard]] static bool can_ask();
  /// A line that the user typed; absent at the end of the input. REQUIRES: can_ask()
  [[nodiscard]] std::optional<std::string> ask(std::string_view question);

 private:
  [[nodiscard]] report::Style style_of(int fd) const;
  void tell_set(const app::ChosenSet& chosen);
  Error output_error();
  Result<codec::RedactionKey> redaction_key();

  const std::atomic<bool>* m_cancelled;  ///< not owned; set by the signal handler
  ProgressBar m_bar;
  bool m_reader_left = false;
  bool m_set_told = false;
  std::vector<std::string> m_set_hints;  ///< with --json: what an error has to say of the set
  SystemClock m_clock;
  report::MetricsPage m_metrics;
};

}  // namespace qsnap::cli
