require_relative "spec_helper"

RSpec.describe "payment" do
  it "charges an order" do
    start_from "baselines/empty-state"
    Shop.checkout("A-1", 4_900)
    expect(REDIS_URL).to match_queue_snapshot("payment", contract: CONTRACT)
  end

  it "asks a gateway that is away again" do
    start_from "baselines/empty-state"
    Shop.checkout("A-1", 60_000)
    States.work_until { Sidekiq::RetrySet.new.size == 1 }
    expect(REDIS_URL).to match_queue_snapshot("payment-gateway-away", contract: CONTRACT)
  end

  it "tries once more what was declined" do
    start_from "baselines/failure-scenarios"
    Shop.retry_declined
    expect(REDIS_URL).to match_queue_snapshot("payment-declined-again", contract: CONTRACT)
  end

  it "charges a whole sale, and no mail is lost by it" do
    start_from "baselines/high-load"
    States.work_until { Sidekiq::Queue.new("payments").size.zero? && Sidekiq::Workers.new.size.zero? }
    expect(REDIS_URL).to match_queue_snapshot("payment-sale", contract: CONTRACT)
  end
end
