# A suite as a user writes it: a program leaves jobs, and the queues are compared with what was accepted.
require 'qsnap/rspec'

RSpec.describe 'Signup' do
  let(:redis_url) { Qsnap.worker_redis_url }

  def redis(*words)
    system('redis-cli', '-u', redis_url, *words, exception: true, out: File::NULL)
  end

  def send_mail(name, number)
    redis('lpush', 'queue:mail', format('{"class":"%s","args":[],"jid":"%024d"}', name, number))
  end

  before do
    redis('flushdb')
    redis('sadd', 'queues', 'mail')
  end

  it 'sends mails' do
    send_mail('Welcome', 1)
    expect(redis_url).to match_queue_snapshot
    expect(redis_url).to keep_queue_contract('queues.yaml')
    send_mail('Reminder', 2) if ENV.fetch('REMINDER', 'yes') == 'yes'
    expect(redis_url).to match_queue_snapshot('signup', within: '100ms')
    expect(redis_url).to match_queue_snapshot
  end
end
