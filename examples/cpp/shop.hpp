#pragma once

#include <chrono>
#include <cstdio>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>

#include <hiredis/hiredis.h>

/// A shop that hands its work to Sidekiq workers.
class Shop {
 public:
  /// redis://HOST:PORT or unix://PATH
  explicit Shop(const std::string& url) : m_redis(connect(url)) {
    if (!m_redis || m_redis->err != 0) {
      throw std::runtime_error("no Redis at " + url);
    }
  }

  void sign_up(const std::string& mail) { enqueue("mailers", "WelcomeMail", '"' + mail + '"'); }
  void pay(int order) {
    enqueue("payments", "Charge", std::to_string(order));
    enqueue("mailers", "Receipt", std::to_string(order));
  }
  /// For tests: nothing is left in the database.
  void clear() { command("FLUSHDB"); }

 private:
  struct Free {
    void operator()(redisContext* redis) const { redisFree(redis); }
  };
  using Redis = std::unique_ptr<redisContext, Free>;

  static Redis connect(const std::string& url) {
    const std::string unix_scheme = "unix://", tcp_scheme = "redis://";
    if (url.rfind(unix_scheme, 0) == 0) {
      return Redis{redisConnectUnix(url.substr(unix_scheme.size()).c_str())};
    }
    const std::size_t colon = url.rfind(':');
    return Redis{redisConnect(url.substr(tcp_scheme.size(), colon - tcp_scheme.size()).c_str(),
                              std::stoi(url.substr(colon + 1)))};
  }

  template <class... Words>
  void command(const char* format, const Words&... words) {
    freeReplyObject(redisCommand(m_redis.get(), format, words.c_str()...));
  }

  /// As Sidekiq's own client does it: a new id and the time of now, each time.
  void enqueue(const std::string& queue, const std::string& job, const std::string& argument) {
    const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    char line[512];
    std::snprintf(line, sizeof line,
                  R"({"retry":true,"queue":"%s","class":"%s","args":[%s],"jid":"%012x%012x","created_at":%.6f,)"
                  R"("enqueued_at":%.6f})",
                  queue.c_str(), job.c_str(), argument.c_str(), m_random(), m_random(), now, now);
    command("SADD queues %s", queue);
    command("LPUSH %s %s", "queue:" + queue, std::string{line});
  }

  Redis m_redis;
  std::random_device m_random;
};
