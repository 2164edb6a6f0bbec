// SPDX-License-Identifier: Apache-2.0
// The second client: fills a Redis with the jobs of a queue system, and moves them about as its workers would, one
// transaction a move, so that at every instant each job is in exactly one state. Tells how long its moves had to wait.
//
//   mover fill SOCKET bullmq|sidekiq JOBS PAYLOAD_BYTES
//   mover move SOCKET bullmq|sidekiq MOVES_PER_SECOND SECONDS     prints one line of JSON; SIGTERM ends it early
//
// What holds at every instant is what tests/tools/check_moves.py checks. It shares no code with git-qsnap.
#include <time.h>  // NOLINT(modernize-deprecated-headers): clock_nanosleep

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <hiredis/hiredis.h>

namespace {

using Clock = std::chrono::steady_clock;
using Arguments = std::vector<std::string>;

volatile std::sig_atomic_t g_stop = 0;

class Redis {
 public:
  explicit Redis(const char* socket) : m_context(redisConnectUnix(socket), &redisFree) { check(); }

  /// Queues a command.
  void append(const Arguments& arguments) {
    std::vector<const char*> data;
    std::vector<std::size_t> lengths;
    for (const std::string& argument : arguments) {
      data.push_back(argument.data());
      lengths.push_back(argument.size());
    }
    redisAppendCommandArgv(m_context.get(), static_cast<int>(data.size()), data.data(), lengths.data());
    ++m_queued;
  }
  /// Waits for all replies; the last one as text, or the first of its elements.
  std::string finish() {
    std::string text;
    for (; m_queued > 0; --m_queued) {
      void* raw = nullptr;
      redisGetReply(m_context.get(), &raw);
      check();
      const std::unique_ptr<redisReply, decltype(&freeReplyObject)> reply{static_cast<redisReply*>(raw),
                                                                          &freeReplyObject};
      if (reply->type == REDIS_REPLY_ERROR) {
        throw std::runtime_error(reply->str);
      }
      const redisReply* first = reply->elements > 0 ? reply->element[0] : reply.get();
      text = first->str == nullptr ? std::string{} : std::string{first->str, first->len};
    }
    return text;
  }
  std::string call(const Arguments& arguments) {
    append(arguments);
    return finish();
  }
  [[nodiscard]] int queued() const { return m_queued; }

 private:
  void check() const {
    if (m_context == nullptr || m_context->err != 0) {
      throw std::runtime_error(m_context == nullptr ? "no memory" : m_context->errstr);
    }
  }
  std::unique_ptr<redisContext, decltype(&redisFree)> m_context;
  int m_queued = 0;
};

std::string text(std::uint64_t number) {
  return std::to_string(number);
}

constexpr std::uint64_t k_epoch_ms = 1'790'000'000'000;
constexpr std::uint64_t k_stream_entries = 1000;
constexpr std::uint64_t k_pending = 50;

std::string payload(std::uint64_t number, std::size_t bytes) {
  std::string out = R"({"order":)" + text(number) + R"(,"note":")";
  for (std::uint64_t mixed = number; out.size() + 2 < bytes;) {
    mixed = mixed * 6364136223846793005U + 1442695040888963407U;
    constexpr std::string_view k_letters = "abcdefghijklmnopqrstuvwxyz     ";
    out += k_letters[(mixed >> 33U) % k_letters.size()];
  }
  return out + "\"}";
}

void fill_bullmq(Redis& redis, std::uint64_t jobs, std::size_t bytes) {
  redis.append({"HSET", "bull:q:meta", "opts.maxLenEvents", "10000", "version", "bullmq:5.0.0"});
  redis.append({"SET", "bull:q:id", text(jobs)});
  for (std::uint64_t i = 1; i <= jobs; ++i) {
    const std::string at = text(k_epoch_ms + i * 7);
    const std::string end = text(k_epoch_ms + i * 7 + 900);
    const std::uint64_t kind = i % 20;  // 8 completed, 2 failed, 4 delayed, 6 waiting
    Arguments job = {"HSET",      "bull:q:" + text(i),
                     "name",      "job",
                     "data",      payload(i, bytes),
                     "opts",      R"({"attempts":3})",
                     "timestamp", at,
                     "delay",     kind >= 10 && kind < 14 ? "86400000" : "0",
                     "priority",  "0"};
    if (kind < 10) {
      job.insert(job.end(), {"processedOn", at, "finishedOn", end, "atm", "1", "ats", "1"});
      job.insert(job.end(), {kind < 8 ? "returnvalue" : "failedReason", kind < 8 ? "1" : "boom"});
      redis.append({"ZADD", kind < 8 ? "bull:q:completed" : "bull:q:failed", end, text(i)});
    } else if (kind < 14) {
      redis.append({"ZADD", "bull:q:delayed", text((k_epoch_ms + i * 7 + 86'400'000) * 4096), text(i)});
    } else {
      redis.append({"LPUSH", "bull:q:wait", text(i)});
    }
    redis.append(job);
    if (i <= 10'000) {
      redis.append({"XADD", "bull:q:events", text(k_epoch_ms + i) + "-0", "event", "added", "jobId", text(i)});
    }
    if (redis.queued() > 1000) {
      redis.finish();
    }
  }
  for (std::uint64_t i = 1; i <= k_stream_entries; ++i) {
    redis.append({"XADD", "mover:stream", text(i) + "-1", "n", text(i)});
  }
  redis.append({"XGROUP", "CREATE", "mover:stream", "workers", "0"});
  redis.append({"SET", "mover:moves", "0"});
  redis.finish();
}

/// Nine keys, whatever the number of jobs.
void fill_sidekiq(Redis& redis, std::uint64_t jobs, std::size_t bytes) {
  const std::string queues[] = {"queue:default", "queue:mailers", "queue:low"};
  redis.append({"SADD", "queues", "default", "mailers", "low"});
  redis.append({"SET", "stat:processed", "0"});
  redis.append({"SET", "stat:failed", "0"});
  for (std::uint64_t i = 0; i < jobs; ++i) {
    std::string jid = text(i);
    jid.insert(0, 24 - jid.size(), '0');
    const std::string queue = queues[i % 3].substr(6);
    std::string job = R"({"class":"OrderWorker","args":[)" + payload(i, bytes) + R"(],"retry":true,"queue":")" + queue +
                      R"(","jid":")" + jid + R"(","created_at":1790000000.25,"enqueued_at":1790000001.5)";
    const std::uint64_t kind = i % 10;  // 7 waiting, one of each other state
    if (kind < 7) {
      redis.append({"LPUSH", "queue:" + queue, job + "}"});
    } else if (kind == 7) {
      redis.append({"ZADD", "schedule", text(1'890'000'000 + i), job + "}"});
    } else {
      job += R"(,"error_message":"boom","error_class":"RuntimeError","failed_at":1790000100.5,"retry_count":3})";
      redis.append({"ZADD", kind == 8 ? "retry" : "dead", text(1'790'001'000 + i), job});
    }
    if (redis.queued() > 1000) {
      redis.finish();
    }
  }
  redis.finish();
}

/// A job goes from waiting to completed, or the other way round; the next message of a stream is read by a group and
/// trimmed away while it is pending, and the one of fifty moves ago is acknowledged; everything counts the moves.
void move_bullmq(Redis& redis, std::uint64_t number) {
  const bool completes = number % 2 == 1;
  const std::string id = redis.call(completes ? Arguments{"LINDEX", "bull:q:wait", "-1"}
                                              : Arguments{"ZRANGE", "bull:q:completed", "0", "0"});
  const std::string job = "bull:q:" + id;
  const std::string now = text(k_epoch_ms + 10'000'000'000 + number);
  redis.append({"MULTI"});
  if (completes) {
    redis.append({"RPOP", "bull:q:wait"});
    redis.append({"ZADD", "bull:q:completed", now, id});
    redis.append({"HSET", job, "processedOn", now, "finishedOn", now, "returnvalue", "1"});
  } else {
    redis.append({"ZREM", "bull:q:completed", id});
    redis.append({"HDEL", job, "processedOn", "finishedOn", "returnvalue", "atm", "ats"});
    redis.append({"LPUSH", "bull:q:wait", id});
  }
  redis.append({"XADD", "bull:q:events", "MAXLEN", "~", "10000", "*", "event", completes ? "completed" : "waiting",
                "jobId", id, "n", text(number)});
  redis.append({"XREADGROUP", "GROUP", "workers", "w", "COUNT", "1", "STREAMS", "mover:stream", ">"});
  redis.append({"XADD", "mover:stream", "MAXLEN", text(k_stream_entries), text(k_stream_entries + number) + "-1", "n",
                text(number)});
  if (number > k_pending) {
    redis.append({"XACK", "mover:stream", "workers", text(number - k_pending) + "-1"});
  }
  redis.append({"SET", "mover:moves", text(number)});
  redis.append({"EXEC"});
  redis.finish();
}

void move_sidekiq(Redis& redis, std::uint64_t) {
  redis.append({"MULTI"});
  redis.append({"LMOVE", "queue:default", "queue:default", "RIGHT", "LEFT"});
  redis.append({"INCR", "stat:processed"});
  redis.append({"EXEC"});
  redis.finish();
}

void sleep_until(Clock::time_point when) {
  const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(when - Clock::now()).count();
  if (left > 0) {
    const timespec pause{left / 1'000'000'000, left % 1'000'000'000};
    nanosleep(&pause, nullptr);
  }
}

void move(Redis& redis, bool bullmq, double rate, double seconds) {
  const std::string known = bullmq ? redis.call({"GET", "mover:moves"}) : std::string{};
  std::uint64_t number = known.empty() ? 0 : std::stoull(known);
  const auto step = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>{1 / rate});
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>{seconds});
  std::vector<double> waits_ms;
  for (auto next = Clock::now(); g_stop == 0 && Clock::now() < end; next = std::max(next + step, Clock::now() - step)) {
    sleep_until(next);
    const auto start = Clock::now();
    ++number;
    bullmq ? move_bullmq(redis, number) : move_sidekiq(redis, number);
    waits_ms.push_back(std::chrono::duration<double, std::milli>{Clock::now() - start}.count());
  }
  std::sort(waits_ms.begin(), waits_ms.end());
  const auto at = [&](double share) {
    const auto index = static_cast<std::size_t>(share * static_cast<double>(waits_ms.size()));
    return waits_ms.empty() ? 0.0 : waits_ms[std::min(index, waits_ms.size() - 1)];
  };
  std::printf(R"({"moves":%zu,"p50_ms":%.3f,"p99_ms":%.3f,"max_ms":%.3f})"
              "\n",
              waits_ms.size(), at(0.5), at(0.99), at(1));
}

int run(const std::vector<const char*>& words) {
  if (words.size() != 6) {
    std::fputs("usage: mover fill SOCKET LAYOUT JOBS BYTES | mover move SOCKET LAYOUT RATE SECONDS\n", stderr);
    return 2;
  }
  Redis redis{words[2]};
  const bool bullmq = std::string_view{words[3]} == "bullmq";
  if (std::string_view{words[1]} == "fill") {
    (bullmq ? fill_bullmq : fill_sidekiq)(redis, std::stoull(words[4]), std::stoull(words[5]));
  } else {
    move(redis, bullmq, std::stod(words[4]), std::stod(words[5]));
  }
  return 0;
}

}  // namespace

int main(int count, char** words) {
  struct sigaction stop {};
  stop.sa_handler = [](int) { g_stop = 1; };
  sigaction(SIGTERM, &stop, nullptr);
  sigaction(SIGINT, &stop, nullptr);
  try {
    return run({words, words + count});
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "mover: %s\n", failure.what());
    return 1;
  }
}
