// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/backup_report.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::report {

namespace {

std::string lines_of(const std::vector<std::string>& paths, std::string_view word, std::string_view why,
                     const Style& style) {
  std::string text;
  for (const std::string& path : paths) {
    text += fmt::format("  {}: {}: {}\n", style.paint(Tone::warn, word), escape_terminal(path), why);
  }
  return text;
}

void write_refs(JsonWriter& json, const std::vector<BackedUpRef>& refs) {
  json.key("refs").begin_array();
  for (const BackedUpRef& ref : refs) {
    json.begin_object().key("name").bytes(ref.name).key("captures").integer(number(ref.entries));
    if (!ref.done.empty()) {
      json.key("outcome").bytes(ref.done).key("added").integer(number(ref.added));
      json.key("dropped").integer(number(ref.dropped));
      write_texts(json, "refused", ref.refused);
    }
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string backup_text(const BackupView& view, const Style& style) {
  std::string text = fmt::format("{}: {}, {} in {}\n", escape_terminal(view.file), byte_size(view.bytes),
                                 quantity(view.snapshots, "snapshot"), quantity(view.files, "file"));
  if (view.objects > 0) {
    text += fmt::format("  {} of Git LFS\n", quantity(view.objects, "object"));
  }
  for (const BackedUpRef& ref : view.refs) {
    text += fmt::format("  {}: {}\n", escape_terminal(ref.name), quantity(ref.entries, "capture"));
  }
  text += lines_of(view.damaged, "damaged", "is in the backup as it is here: git qsnap fsck", style);
  text += lines_of(view.without, "without", "its object of Git LFS is not in the backup", style);
  text += lines_of(view.left_out, "left out", "is no regular file", style);
  return text + fmt::format("{}; git qsnap restore-from {} puts it back\n",
                            style.paint(Tone::good, "read back and checked"), escape_terminal(view.file));
}

std::string backup_json(const BackupView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.backup/1").key("file").bytes(view.file);
  json.key("bytes").integer(number(view.bytes)).key("files").integer(number(view.files));
  json.key("snapshots").integer(number(view.snapshots)).key("lfs_objects").integer(number(view.objects));
  write_refs(json, view.refs);
  write_texts(json, "damaged", view.damaged);
  write_texts(json, "without", view.without);
  write_texts(json, "left_out", view.left_out);
  return harmless_json(json.end_object().text());
}

std::string_view to_text(RestoredAs as) {
  constexpr std::array<std::string_view, 4> k_words = {"restored", "same", "differs", "replaced"};
  return k_words.at(static_cast<std::size_t>(as));
}

std::size_t RestoredBackupView::count(RestoredAs as) const {
  return static_cast<std::size_t>(
      std::count_if(files.begin(), files.end(), [&](const RestoredFile& one) { return one.as == as; }));
}

std::string restored_backup_text(const RestoredBackupView& view, const Style& style) {
  std::string text = fmt::format("{}: made {}, sound\n", escape_terminal(view.file), readable_instant(view.made_at));
  for (const RestoredFile& file : view.files) {
    if (file.as != RestoredAs::same) {
      const bool is_left = file.as == RestoredAs::differs;
      constexpr int k_width = 8;
      text +=
          fmt::format("  {} {}\n", style.paint(is_left ? Tone::warn : Tone::good, pad_right(to_text(file.as), k_width)),
                      escape_terminal(file.path));
    }
  }
  if (const std::size_t same = view.count(RestoredAs::same); same > 0) {
    text += fmt::format("  {} as in the backup\n", quantity(same, "file"));
  }
  if (view.objects > 0) {
    text += fmt::format("  {} of Git LFS\n", quantity(view.objects, "object"));
  }
  for (const BackedUpRef& ref : view.refs) {
    text += fmt::format("  {}: {}, {} were not here{}{}\n", escape_terminal(ref.name), quantity(ref.entries, "capture"),
                        ref.added, ref.dropped == 0 ? "" : fmt::format("; {} were dropped and stay so", ref.dropped),
                        ref.done == "differs" ? "; it is another one here, and was left" : "");
    for (const std::string& words : ref.refused) {
      text += fmt::format("  {} {}\n", style.paint(Tone::warn, "not taken in:"), escape_terminal(words));
    }
  }
  text += lines_of(view.damaged, "damaged", "was so when it was backed up", style);
  text += lines_of(view.without, "without", "its object of Git LFS is not in the backup", style);
  if (!view.kept_in.empty()) {
    text += fmt::format("what was replaced is in {}\n", escape_terminal(view.kept_in));
  }
  if (view.is_trial) {
    return text + "nothing was changed: this is what would be done\n";
  }
  const std::size_t left = view.count(RestoredAs::differs);
  return left == 0 ? text
                   : text + fmt::format("{} left as they are here: --replace takes those of the backup\n",
                                        quantity(left, "file"));
}

std::string restored_backup_json(const RestoredBackupView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.restore-from/1").key("file").bytes(view.file);
  json.key("made_at").bytes(format_instant(view.made_at)).key("dry_run").boolean(view.is_trial);
  json.key("files").begin_array();
  for (const RestoredFile& file : view.files) {
    json.begin_object().key("path").bytes(file.path).key("outcome").bytes(to_text(file.as)).end_object();
  }
  json.end_array().key("kept_in").bytes(view.kept_in).key("lfs_objects").integer(number(view.objects));
  write_refs(json, view.refs);
  write_texts(json, "damaged", view.damaged);
  write_texts(json, "without", view.without);
  return harmless_json(json.end_object().text());
}

}  // namespace qsnap::report
