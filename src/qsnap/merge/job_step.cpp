// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <qsnap/merge/context.hpp>
#include <qsnap/merge/job_step.hpp>

namespace qsnap::merge {

std::uint32_t JobWork::place_in_ours(const JobStep& step) const {
  if (const JobFacts* const facts = ours.side_facts(step.ours)) {
    return facts->place;
  }
  const JobFacts* const facts = step.base != k_none ? theirs.base_facts(step.base) : nullptr;
  return facts != nullptr ? facts->place : step.place;  // equal lines everywhere: the place is the result's
}

std::optional<StepLoader::Line> StepLoader::theirs_line(const JobStep& step) {
  if (step.theirs == k_none) {
    return std::nullopt;
  }
  const auto line = m_work.theirs.side_lines().line_at(step.theirs);
  return line ? std::optional{Line{&m_work.theirs.side_lines(), *line}} : std::nullopt;
}

std::optional<StepLoader::Line> StepLoader::base_line(const JobStep& step) {
  if (step.base == k_none) {
    return std::nullopt;
  }
  if (const auto line = m_work.theirs.base_lines().line_at(step.base)) {
    return Line{&m_work.theirs.base_lines(), *line};
  }
  const auto line = m_work.ours.base_lines().line_at(step.base);
  return line ? std::optional{Line{&m_work.ours.base_lines(), *line}} : std::nullopt;
}

/// A line of ours that was not decoded is one of base's.
std::optional<StepLoader::Line> StepLoader::ours_line(const JobStep& step) {
  if (step.ours == k_none) {
    return std::nullopt;
  }
  const auto line = m_work.ours.side_lines().line_at(step.ours);
  return line ? std::optional{Line{&m_work.ours.side_lines(), *line}} : base_line(step);
}

std::size_t StepLoader::batch_size(std::span<const JobStep> steps) {
  std::uint64_t bytes = 0;
  std::size_t count = 0;
  while (count < steps.size() && (count == 0 || bytes < k_batch_bytes)) {
    const JobStep& step = steps[count++];
    for (const auto& line : {base_line(step), ours_line(step), theirs_line(step)}) {
      bytes += line ? line->index->estimated_bytes(line->line) : 0;
    }
  }
  return count;
}

Result<std::vector<StepRecords>> StepLoader::load(std::span<const JobStep> steps) {
  struct Wish {
    Line line;
    std::size_t step = 0;
    std::optional<model::Record> StepRecords::*version = nullptr;
  };
  std::vector<Wish> wishes;
  std::map<diff::LineIndex*, std::vector<std::uint32_t>> lines;
  const auto wish = [&](std::optional<Line> line, std::size_t step,
                        std::optional<model::Record> StepRecords::*version) {
    if (line) {
      wishes.push_back({*line, step, version});
      lines[line->index].push_back(line->line);
    }
  };
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool merged = steps[i].content == Content::merged;
    if (merged) {
      wish(base_line(steps[i]), i, &StepRecords::base);
    }
    if (merged || steps[i].content == Content::ours) {
      wish(ours_line(steps[i]), i, &StepRecords::ours);
    }
    if (merged || steps[i].content == Content::theirs) {
      wish(theirs_line(steps[i]), i, &StepRecords::theirs);
    }
  }
  std::map<diff::LineIndex*, diff::LineIndex::Records> loaded;
  for (auto& [index, wanted] : lines) {
    QSNAP_ASSIGN(loaded[index], index->load(std::move(wanted)));
  }
  std::vector<StepRecords> records(steps.size());
  for (const Wish& each : wishes) {
    records[each.step].*each.version = loaded[each.line.index].at(each.line.line);
  }
  return records;
}

}  // namespace qsnap::merge
