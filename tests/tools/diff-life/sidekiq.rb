# SPDX-License-Identifier: Apache-2.0
# ruby sidekiq.rb add HOST PORT COUNT DELAY_S | fail HOST PORT COUNT
# add: COUNT jobs of the queue "receipts", and a reminder DELAY_S later. fail: a real sidekiq process takes them, and none
# succeeds.
require "sidekiq"
require "sidekiq/api"
ENV["LIFE_REDIS"] ||= "redis://#{ARGV[1]}:#{ARGV[2]}/0"
Sidekiq.configure_client { |config| config.redis = { url: ENV["LIFE_REDIS"] } }
Sidekiq.configure_server { |config| config.redis = { url: ENV["LIFE_REDIS"] } }

class SmtpError < StandardError; end

class SendReceipt
  include Sidekiq::Worker
  sidekiq_options queue: "receipts", retry: 5
  def perform(number)
    raise SmtpError, "421 try again later (connection #{number})"
  end
end

if $PROGRAM_NAME == __FILE__
  what, _host, _port, count, delay = ARGV
  if what == "add"
    count.to_i.times { |number| SendReceipt.perform_async(number) }
    SendReceipt.perform_in(delay.to_i, -1)
  else
    retries = Sidekiq::RetrySet.new
    failed = -> { retries.count { |job| job.klass == "SendReceipt" } }
    sidekiq = Process.spawn("sidekiq", "-r", File.expand_path(__FILE__), "-c", "1", "-q", "receipts", out: "/dev/null", err: "/dev/null")
    deadline = Time.now + 60
    sleep 0.1 until failed.call == count.to_i || Time.now > deadline
    Process.kill("TERM", sidekiq)
    Process.wait(sidekiq)
  end
end
