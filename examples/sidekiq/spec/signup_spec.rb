require_relative "spec_helper"

RSpec.describe "signup" do
  before { start_from "baselines/empty-state" }

  it "sends a welcome at once and a reminder later" do
    Shop.signup("ada@example.com")
    expect(REDIS_URL).to match_queue_snapshot("signup", contract: CONTRACT)
  end

  it "sends everybody mails of their own" do
    Shop.signup("ada@example.com")
    Shop.signup("grace@example.com")
    expect(REDIS_URL).to match_queue_snapshot("signup-of-two", contract: CONTRACT)
  end
end
