// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/frameworks/adapter.hpp>
#include <qsnap/frameworks/arq/arq.hpp>
#include <qsnap/frameworks/asynq/asynq.hpp>
#include <qsnap/frameworks/bee_queue/bee_queue.hpp>
#include <qsnap/frameworks/bull/bull.hpp>
#include <qsnap/frameworks/bullmq/bullmq.hpp>
#include <qsnap/frameworks/celery/celery.hpp>
#include <qsnap/frameworks/dramatiq/dramatiq.hpp>
#include <qsnap/frameworks/go_redis_work_queue/go_redis_work_queue.hpp>
#include <qsnap/frameworks/huey/huey.hpp>
#include <qsnap/frameworks/laravel/horizon.hpp>
#include <qsnap/frameworks/laravel/laravel.hpp>
#include <qsnap/frameworks/plain_list/plain_list.hpp>
#include <qsnap/frameworks/plain_stream/plain_stream.hpp>
#include <qsnap/frameworks/resque/resque.hpp>
#include <qsnap/frameworks/rq/rq.hpp>
#include <qsnap/frameworks/sidekiq/sidekiq.hpp>
#include <qsnap/frameworks/taskiq/taskiq.hpp>

namespace qsnap::frameworks {

const AdapterList& adapters() {
  static const AdapterList all = [] {
    AdapterList list;
    list.push_back(make_arq_adapter());
    list.push_back(make_asynq_adapter());
    list.push_back(make_bee_queue_adapter());
    list.push_back(make_bull_adapter());
    list.push_back(make_bullmq_adapter());
    list.push_back(make_celery_adapter());
    list.push_back(make_dramatiq_adapter());
    list.push_back(make_go_redis_work_queue_adapter());
    list.push_back(make_horizon_adapter());
    list.push_back(make_huey_adapter());
    list.push_back(make_laravel_adapter());
    list.push_back(make_plain_list_adapter());
    list.push_back(make_plain_stream_adapter());
    list.push_back(make_resque_adapter());
    list.push_back(make_rq_adapter());
    list.push_back(make_sidekiq_adapter());
    list.push_back(make_taskiq_adapter());
    return list;
  }();
  return all;
}

const Adapter* find_adapter(std::string_view name, const AdapterList& among) {
  const auto at =
      std::find_if(among.begin(), among.end(), [&](const auto& adapter) { return adapter->name() == name; });
  return at == among.end() ? nullptr : at->get();
}

}  // namespace qsnap::frameworks
