# SPDX-License-Identifier: Apache-2.0
# ruby merged_sidekiq.rb add PORT NAME… | remove PORT NAME… | run PORT: jobs of the queue "work". run: a real sidekiq
# process until the queue is empty, and then prints the name of each job that ran.
require "sidekiq"
require "sidekiq/api"
PORT = ENV["MERGED_PORT"] ||= ARGV[1]
Sidekiq.configure_client { |config| config.redis = { url: "redis://127.0.0.1:#{PORT}/0" } }
Sidekiq.configure_server { |config| config.redis = { url: "redis://127.0.0.1:#{PORT}/0" } }

class Work
  include Sidekiq::Worker
  sidekiq_options queue: "work", retry: 0
  def perform(name)
    Sidekiq.redis { |redis| redis.call("RPUSH", "runs", name) }
  end
end

if $PROGRAM_NAME == __FILE__
  what, _port, *names = ARGV
  case what
  when "add" then names.each { |name| Work.perform_async(name) }
  when "remove" then Sidekiq::Queue.new("work").each { |job| job.delete if names.include?(job.args.first) }
  when "run"
    sidekiq = Process.spawn("sidekiq", "-r", File.expand_path(__FILE__), "-c", "5", "-q", "work", out: "/dev/null", err: "/dev/null")
    deadline = Time.now + 60
    sleep 0.1 until (Sidekiq::Queue.new("work").size.zero? && Sidekiq::Workers.new.size.zero?) || Time.now > deadline
    Process.kill("TERM", sidekiq)
    Process.wait(sidekiq)
    puts Sidekiq.redis { |redis| redis.call("LRANGE", "runs", 0, -1) }
  end
end
