# Makes the states that tests begin with: ruby states.rb empty-state|high-load|failure-scenarios (README.md has the whole
# command). Everything in them is made by Sidekiq itself.
require_relative "shop"

module States
  module_function

  # A real worker of the payments, stopped when the block says so.
  def work_until
    worker = Process.spawn("sidekiq", "-r", File.join(__dir__, "shop.rb"), "-q", "payments", "-c", "1",
                           out: File::NULL)
    deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + 60
    until yield
      raise "the worker did not do its work" if Process.clock_gettime(Process::CLOCK_MONOTONIC) > deadline
      sleep 0.05
    end
  ensure
    Process.kill("TERM", worker)
    Process.wait(worker)
  end

  # The morning after the deployment: schedules, and nothing to do.
  def empty_state = Shop.plan_reports

  # The first minutes of a sale.
  def high_load
    empty_state
    1.upto(100) do |i|
      Shop.signup("customer#{i}@example.com")
      Shop.checkout("S-#{1000 + i}", 990 + i)
    end
  end

  # An order went through, the gateway was away for one, a gift card was declined, one order waits.
  def failure_scenarios
    empty_state
    Shop.checkout("A-1", 4_900)
    Shop.checkout("A-2", 60_000)
    Shop.redeem("A-3", 12_000)
    work_until { Sidekiq::RetrySet.new.size == 1 && Sidekiq::DeadSet.new.size == 1 }
    Shop.checkout("A-4", 4_900)
  end
end

States.public_send(ARGV.fetch(0).tr("-", "_")) if $PROGRAM_NAME == __FILE__
