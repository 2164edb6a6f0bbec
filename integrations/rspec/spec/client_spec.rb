# SPDX-License-Identifier: Apache-2.0
# rspec -I integrations/rspec/lib integrations/rspec/spec
# frozen_string_literal: true

require 'tmpdir'
require 'qsnap/rspec'

RSpec.describe Qsnap do
  around do |example|
    Dir.mktmpdir { |folder| @folder = folder and example.run }
  ensure
    ENV.delete('QSNAP_PROGRAM')
  end

  JSON.parse(File.read(File.expand_path('../../name-vectors.json', __dir__), encoding: 'UTF-8')).each do |vector|
    it "has the names of all integrations: #{vector['why']}" do
      expect(Qsnap.snapshot_name(vector['parts'])).to eq(vector['name'])
    end
  end

  it 'gives a worker a database behind the given one' do
    { 'redis://127.0.0.1:6379' => 'redis://127.0.0.1:6379/3',
      'rediss://user:p%40ss@host:1/4?x=y' => 'rediss://user:p%40ss@host:1/7?x=y',
      'unix:///run/redis.sock' => 'unix:///run/redis.sock?db=3',
      'unix:///run/redis.sock?db=2' => 'unix:///run/redis.sock?db=5' }.each do |url, expected|
      expect(Qsnap.shifted_database(url, 3)).to eq(expected)
    end
  end

  it 'makes words of options by their names' do
    options = { within: '5s', ignore: ['jobs.a', '--b'], allow_empty: true, full: false, update: nil }
    expect(Qsnap.words(options)).to eq(%w[--within=5s --ignore=jobs.a --ignore=--b --allow-empty])
  end

  def program(said)
    ENV['QSNAP_PROGRAM'] = File.join(@folder, 'program')
    File.write(ENV['QSNAP_PROGRAM'], "#!/bin/sh\n#{said}\n")
    File.chmod(0o755, ENV['QSNAP_PROGRAM'])
  end

  it 'has no password on the command line' do
    program(%q(printf '{"line": "%s", "url": "%s"}' "$*" "$QSNAP_REDIS_URL"))
    expect(Qsnap.run('assert', ['flow'], { redis: 'redis://:secret@h:1', within: '1s' }, @folder))
      .to eq('line' => 'assert --json --within=1s -- flow', 'url' => 'redis://:secret@h:1')
  end

  it 'raises an error with hints where there is no document' do
    ENV['QSNAP_PROGRAM'] = File.join(@folder, 'gone')
    expect { Qsnap.run('assert', ['flow'], {}, @folder) }.to raise_error(Qsnap::Error, /gone cannot be started: ENOENT\nhint: install/)
    program(%q(echo '{"message": "no Redis", "hints": ["start one"]}' >&2; exit 3))
    expect { Qsnap.run('assert', ['flow'], {}, @folder) }.to raise_error(Qsnap::Error, "git qsnap: no Redis\nhint: start one")
    program('exit 1')
    expect { Qsnap.run('assert', ['flow'], {}, @folder) }.to raise_error(Qsnap::Error, /program ended with 1 and said ""/)
  end

  it 'refuses not_to' do
    expect { expect(nil).not_to match_queue_snapshot('flow') }.to raise_error(Qsnap::Error, /nearly any state/)
  end
end
