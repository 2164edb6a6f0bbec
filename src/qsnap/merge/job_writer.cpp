// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <tuple>

#include <qsnap/merge/job_writer.hpp>

namespace qsnap::merge {

namespace {

class JobWriter {
 public:
  JobWriter(const Context& context, JobWork& work, model::RecordSink& sink)
      : m_context(context), m_work(work), m_sink(sink), m_loader(work), m_leaves(work.ours.jobs(), false) {}

  Result<void> run() {
    arrange();
    std::uint32_t ours = 0;
    QSNAP_TRY(for_each_line([&](std::string_view line) -> Result<void> {
      QSNAP_TRY(write_steps(ours, Seat::inserted));
      if (m_next < m_order.size() && m_order[m_next].ours == ours && m_order[m_next].seat == Seat::stays) {
        QSNAP_TRY(write_steps(ours, Seat::stays));
      } else if (!m_leaves[ours]) {
        QSNAP_TRY(write_line(line));
      }
      ++ours;
      return {};
    }));
    return write_steps(ours, Seat::inserted);
  }

 private:
  /// The steps that write something, in the order of the result.
  void arrange() {
    const std::vector<std::uint32_t> ranks = m_context.places.ranks();
    for (const JobStep& step : m_work.steps) {
      if (step.ours != k_none && step.seat != Seat::stays) {
        m_leaves[step.ours] = true;
      }
      if (step.seat != Seat::dropped) {
        m_order.push_back(step);
      }
    }
    const auto key = [&](const JobStep& step) {
      const bool stays = step.seat == Seat::stays;
      return std::tuple{stays ? step.ours : step.before, stays, ranks[step.place], step.theirs};
    };
    std::sort(m_order.begin(), m_order.end(), [&](const JobStep& a, const JobStep& b) { return key(a) < key(b); });
  }

  Result<void> for_each_line(const std::function<Result<void>(std::string_view)>& reader) {
    const auto chunks = m_context.ours.chunks();
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      if (chunks[i].section != model::Section::jobs) {
        continue;
      }
      QSNAP_TRY(m_context.progress.check());
      m_context.progress.report("merging", i, chunks.size());
      QSNAP_TRY(m_context.ours.read_chunk(i, [&](const model::Chunk& chunk) -> Result<void> {
        for (const std::string_view line : chunk.lines) {
          QSNAP_TRY(reader(line));
        }
        return {};
      }));
    }
    return {};
  }

  Result<void> write_line(std::string_view line) {
    QSNAP_ASSIGN(model::Record record, m_context.ours.parse(model::Section::jobs, line));
    if (!m_work.ours_ids.empty()) {
      QSNAP_TRY(m_context.ids.rewrite(record, m_work.ours_ids));
    }
    return m_sink.take(std::move(record));
  }

  /// Those that come next: the ones in front of job `ours`, or the one in its place.
  Result<void> write_steps(std::uint32_t ours, Seat seat) {
    while (m_next < m_order.size() && m_order[m_next].seat == seat &&
           (seat == Seat::stays ? m_order[m_next].ours : m_order[m_next].before) == ours) {
      if (m_next == m_loaded) {
        const auto rest = std::span{m_order}.subspan(m_next);
        const auto batch = rest.first(m_loader.batch_size(rest));
        QSNAP_ASSIGN(m_records, m_loader.load(batch));
        m_first = m_next;
        m_loaded = m_next + batch.size();
      }
      QSNAP_TRY(write_step(m_order[m_next], m_records[m_next - m_first]));
      ++m_next;
    }
    return {};
  }

  Result<void> write_step(const JobStep& step, StepRecords& records) {
    if (records.ours && !m_work.ours_ids.empty()) {
      QSNAP_TRY(m_context.ids.rewrite(*records.ours, m_work.ours_ids));
    }
    if (records.theirs && !m_work.theirs_ids.empty()) {
      QSNAP_TRY(m_context.ids.rewrite(*records.theirs, m_work.theirs_ids));
    }
    if (step.content != Content::merged) {
      auto& record = step.content == Content::ours ? records.ours : records.theirs;
      return m_sink.take(std::move(record).value());
    }
    const Versions versions{records.base ? &*records.base : nullptr, &records.ours.value(), &records.theirs.value()};
    QSNAP_ASSIGN(MergedRecord merged, m_context.records.merge(versions, step.volatiles));
    if (!merged.conflicts.empty() && !step.in_conflict) {  // new ids must not make a conflict that nobody is told of
      return make_error(ErrorCode::internal, "a job that could be merged could not be merged when it was written");
    }
    return m_sink.take(std::move(merged.record));
  }

  const Context& m_context;
  JobWork& m_work;
  model::RecordSink& m_sink;
  StepLoader m_loader;
  std::vector<bool> m_leaves;    ///< by ordinal of ours
  std::vector<JobStep> m_order;  ///< in the order of the result
  std::size_t m_next = 0;        ///< in m_order
  std::size_t m_first = 0;       ///< in m_order: the first one that m_records has
  std::size_t m_loaded = 0;      ///< in m_order: behind the last one
  std::vector<StepRecords> m_records;
};

}  // namespace

JobDeltas job_deltas(const Context& context, const JobWork& work) {
  JobDeltas deltas;
  const auto add = [&](std::uint32_t place, std::int64_t jobs) {
    const diff::Place& where = context.places[place];
    deltas[{where.queue, where.state}] += jobs;
  };
  for (const JobStep& step : work.steps) {
    if (step.seat != Seat::stays && step.ours != k_none) {
      add(work.place_in_ours(step), -1);
    }
    if (step.seat == Seat::inserted) {
      add(step.place, 1);
    }
  }
  return deltas;
}

Result<void> write_jobs(const Context& context, JobWork& work, model::RecordSink& sink) {
  return JobWriter{context, work, sink}.run();
}

}  // namespace qsnap::merge
