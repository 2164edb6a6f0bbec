# SPDX-License-Identifier: Apache-2.0
# frozen_string_literal: true

require 'json'
require 'open3'
require 'pathname'
require 'uri'

# git-qsnap as a program that is started and answers with one JSON document. Knows nothing of RSpec.
module Qsnap
  # What kept git-qsnap from knowing: no Redis, no repository, an option that is none.
  class Error < StandardError; end

  module_function

  # The name for what a test framework knows by these parts; integrations/README.md has the rule.
  def snapshot_name(parts)
    parts = [parts[0..-4].join("\n"), *parts[-3..]] if parts.size > 4
    ['test-cases', *parts.map { |part| component(part) }].join('/')
  end

  def component(text)
    return text if text.match?(/\A[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z/) && !text.match?(/\.(lock|qsnap)?\z/i)

    readable = text.gsub(/[^A-Za-z0-9._]+/, '-').gsub(/\A[._-]+|[._-]+\z/, '')[0, 91].sub(/[._-]+\z/, '')
    hash = text.encode('UTF-8').bytes.reduce(0x811c9dc5) { |value, byte| ((value ^ byte) * 0x01000193) & 0xffffffff }
    format('%<readable>s-%<hash>08x', readable: readable.empty? ? 'x' : readable, hash: hash)
  end

  # The nearest folder above with .git; the file's own one where there is none.
  def repository_of(file)
    Pathname.new(file).dirname.ascend.find { |folder| (folder + '.git').exist? } || Pathname.new(file).dirname
  end

  # The URL of the database so many behind the one of `url`.
  def shifted_database(url, by)
    uri = URI.parse(url)
    if uri.scheme == 'unix'
      query = URI.decode_www_form(uri.query.to_s).to_h
      return "unix://#{uri.path}?#{URI.encode_www_form(query.merge('db' => query['db'].to_i + by))}"
    end
    uri.path = "/#{uri.path.delete('/').to_i + by}"
    uri.to_s
  end

  # The database of this worker of parallel_tests: the one of the URL, plus 1 for the first worker.
  def worker_redis_url(url = ENV['QSNAP_REDIS_URL'] || ENV['REDIS_URL'])
    raise Error, 'which Redis? Set QSNAP_REDIS_URL, or give worker_redis_url a URL' unless url

    worker = ENV['TEST_ENV_NUMBER']
    shifted_database(url, worker.nil? ? 0 : [worker.to_i, 1].max)
  end

  # Puts this state there, instead of what it finds: git qsnap load --replace.
  def load(name, **options)
    run('load', [name], { replace: true, yes: true, **options }, Dir.pwd)
  end

  # {within: '5s', ignore: ['a', 'b'], allow_empty: true} as words of the command line.
  def words(options)
    options.reject { |_, value| value.nil? || value == false }.flat_map do |key, value|
      option = "--#{key.to_s.tr('_', '-')}"
      Array(value).map { |one| one == true ? option : "#{option}=#{one}" }
    end
  end

  # Runs `git-qsnap COMMAND --json NAME…` in this folder. Its document; Qsnap::Error where there is none.
  def run(command, names, options, folder)
    program = ENV['QSNAP_PROGRAM'].to_s.empty? ? 'git-qsnap' : ENV['QSNAP_PROGRAM']
    # The URL is not on the command line, which everybody can read.
    environment = options[:redis] ? { 'QSNAP_REDIS_URL' => options[:redis] } : {}
    line = [command, '--json', *words(options.reject { |key, _| key == :redis }), '--', *names]
    out, err, status = Open3.capture3(environment, [program, program], *line, chdir: folder)
    return JSON.parse(out) if [0, 1].include?(status.exitstatus) && out.start_with?('{')

    raise Error, problem(program, status, err)
  rescue SystemCallError => e
    raise Error, "#{program} cannot be started: #{e.class.name.split('::').last}\n" \
                 'hint: install git-qsnap, or name its path in QSNAP_PROGRAM'
  end

  def problem(program, status, err)
    error = JSON.parse(err)
    ["git qsnap: #{error.fetch('message')}", *error.fetch('hints').map { |hint| "hint: #{hint}" }].join("\n")
  rescue JSON::ParserError, KeyError
    "#{program} ended with #{status.exitstatus || status.termsig} and said #{err.strip.dump}"
  end

  private_class_method :component, :problem
end
