require "qsnap/rspec"

# A database for each worker of parallel_tests. Sidekiq, and workers that a spec starts, take it from here.
ENV["REDIS_URL"] = REDIS_URL = Qsnap.worker_redis_url(ENV.fetch("REDIS_URL"))

require_relative "../shop"
require_relative "../states"

CONTRACT = File.expand_path("../contract.yaml", __dir__)

module StartFrom
  def start_from(baseline) = Qsnap.load(baseline, redis: REDIS_URL, no_backup: true)
end

RSpec.configure { |config| config.include StartFrom }
