# A tiny shop. What it has promised to do later lies in three queues: mail, payments and reports.
require "securerandom"
require "sidekiq"
require "sidekiq/api"
require "sidekiq-cron"

redis = { url: ENV.fetch("REDIS_URL", "redis://127.0.0.1:6379/0") }
Redis.silence_deprecations = true if Redis.respond_to?(:silence_deprecations=)  # redis-rb 4.8 warns at every push
Sidekiq.logger.level = Logger::ERROR
Sidekiq.configure_client { |config| config.redis = redis }
Sidekiq.configure_server { |config| config.redis = redis }

class GatewayTimeout < StandardError; end
class CardDeclined < StandardError; end

class Mail
  include Sidekiq::Worker
  sidekiq_options queue: "mail", retry: 3

  def perform(mail) = nil
end

class Charge
  include Sidekiq::Worker
  sidekiq_options queue: "payments", retry: 4
  sidekiq_retry_in { |count| 30 * (count + 1) }

  # The gateway of this shop has fixed habits, which is what a test wants.
  def perform(order)
    raise GatewayTimeout, "gateway timeout after 30000ms" if order["cents"] > 50_000
  end
end

# Gift cards are charged once: what fails is dead.
class ChargeGiftCard
  include Sidekiq::Worker
  sidekiq_options queue: "payments", retry: 0

  def perform(order)
    raise CardDeclined, "gift card declined for #{order["order"]}" if order["cents"] > 10_000
  end
end

class SalesReport
  include Sidekiq::Worker
  sidekiq_options queue: "reports", retry: 1

  def perform(format) = nil
end

module Shop
  MINUTE = 60

  module_function

  # A welcome at once, and a reminder for whoever has not confirmed the address by then.
  def signup(address)
    Mail.perform_async(numbered("template" => "welcome", "address" => address))
    Mail.perform_in(5 * MINUTE, numbered("template" => "reminder", "address" => address))
  end

  def checkout(order, cents) = Charge.perform_async(numbered("order" => order, "cents" => cents))

  def redeem(order, cents) = ChargeGiftCard.perform_async(numbered("order" => order, "cents" => cents))

  def plan_reports
    Sidekiq::Cron::Job.create(name: "nightly-sales", cron: "0 3 * * * Europe/Paris", class: "SalesReport",
                              args: ["pdf"])
  end

  # By which the log of a job is found.
  def numbered(payload) = payload.merge("request_id" => SecureRandom.uuid)

  # Somebody has talked to the bank: what was given up is tried once more.
  def retry_declined = Sidekiq::DeadSet.new.each(&:retry)
end
