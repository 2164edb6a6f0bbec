// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/import_report.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::report {

namespace {

std::string origin_words(std::string_view origin) {
  if (origin == "file") {
    return "the file's time, for the dump does not say when it was made";
  }
  return origin == "user" ? "as given with --captured-at" : "by the dump's own account";
}

/// Law 8: what is in the dump and not in the snapshot, and what could not be checked.
std::vector<std::string> warnings_of(const ImportView& view) {
  std::vector<std::string> warnings = view.saved.notes;
  if (view.keys_elsewhere > 0) {
    warnings.push_back(
        fmt::format("left out: {} of other databases than {}", quantity(view.keys_elsewhere, "key"), view.database));
  }
  if (view.functions > 0) {
    warnings.push_back(fmt::format("left out: {} of the server",
                                   quantity(view.functions, "library of functions", "libraries of functions")));
  }
  if (!view.checked) {
    warnings.emplace_back("the dump has no checksum, so damage to it may go unnoticed");
  }
  return warnings;
}

}  // namespace

std::string import_text(const ImportView& view, const Style& style) {
  const SaveView& saved = view.saved;
  const std::string name = style.paint(Tone::strong, escape_terminal(saved.name));
  std::string text;
  if (saved.written) {
    text = fmt::format("{} {}: {} in {}, {} ({} before compression)\n", style.paint(Tone::good, "imported"), name,
                       quantity(saved.jobs, "job"), quantity(saved.queues, "queue"), byte_size(saved.file_bytes),
                       byte_size(saved.raw_bytes));
    text += fmt::format("  {}{}\n", escape_terminal(saved.path), storage_words(saved));
    const std::string how = fmt::format("  {} of Redis {}; captured {}, {}", quantity(view.keys, "key"),
                                        view.redis_version.empty() ? "?" : escape_terminal(view.redis_version),
                                        readable_instant(saved.captured_at), origin_words(view.captured_at_from));
    text += style.paint(Tone::faint, how) + "\n";
  } else {
    text = unwritten_text(saved, style);
  }
  for (const std::string& warning : warnings_of(view)) {
    text += fmt::format("  {}\n", style.paint(Tone::warn, escape_terminal(warning)));
  }
  return text;
}

std::string import_json(const ImportView& view) {
  const SaveView& saved = view.saved;
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.import/1");
  json.key("name").bytes(saved.name).key("path").bytes(saved.path).key("written").boolean(saved.written);
  json.key("reason").bytes(saved.reason).key("captured_at").bytes(format_instant(saved.captured_at));
  json.key("captured_at_from").bytes(view.captured_at_from);
  json.key("jobs").integer(number(saved.jobs)).key("queues").integer(number(saved.queues));
  json.key("bytes").integer(number(saved.file_bytes)).key("raw_bytes").integer(number(saved.raw_bytes));
  json.key("fingerprint").bytes(to_hex(saved.fingerprint)).key("storage").bytes(saved.in_lfs ? "lfs" : "git");
  write_owner(json, saved.owner);
  json.key("database").integer(view.database).key("rdb_version").integer(view.rdb_version);
  json.key("redis_version").bytes(view.redis_version);
  json.key("keys").integer(number(view.keys)).key("keys_elsewhere").integer(number(view.keys_elsewhere));
  json.key("functions").integer(number(view.functions)).key("checked").boolean(view.checked);
  write_texts(json, "notes", saved.notes).end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
