# SPDX-License-Identifier: Apache-2.0
# frozen_string_literal: true

require 'rspec/core'
require 'qsnap/client'

module Qsnap
  # include Qsnap::RSpec, or require 'qsnap/rspec' alone: all examples have it.
  module RSpec
    # expect(redis_url).to match_queue_snapshot('name', within: '5s'): the queues are as this snapshot says.
    # Without a name it is the example's own one; redis_url may be nil for QSNAP_REDIS_URL.
    def match_queue_snapshot(name = nil, **options)
      AssertQueues.new(name ? [name] : [AssertQueues.own_name], options)
    end

    # expect(redis_url).to keep_queue_contract('queues.yaml'): what this file says holds, whatever else is there.
    def keep_queue_contract(*files, **options)
      AssertQueues.new([], contract: files, **options)
    end

    # The matcher.
    class AssertQueues
      attr_reader :failure_message, :description

      def initialize(names, options)
        @names = names
        @options = options
        @description = (names.empty? ? 'keep its contract' : "match the queue snapshot #{names.first}")
      end

      def matches?(redis_url)
        example = AssertQueues.example
        options = { redis: redis_url, test: example.id, **@options }
        folder = File.dirname(example.metadata[:absolute_file_path])
        document = Qsnap.run('assert', @names, options, folder)
        @failure_message = document.fetch('message')
        document.fetch('ok')
      end

      def does_not_match?(_redis_url)
        raise Error, 'not_to match_queue_snapshot would hold of nearly any state'
      end

      def self.example
        ::RSpec.current_example or raise Error, 'queues are asserted inside of an example'
      end

      # spec/mail_spec.rb, describe 'Signup', it 'sends a mail' → spec, mail_spec, Signup, sends a mail.
      def self.own_name
        own, *groups = [example, *example.example_group.parent_groups].map { |one| one.metadata[:description].to_s }
        raise Error, 'an example without a description needs a name: match_queue_snapshot(NAME)' if own.empty?

        count = example.metadata[:qsnap_unnamed] = example.metadata.fetch(:qsnap_unnamed, 0) + 1
        file = example.metadata[:absolute_file_path]
        path = Pathname.new(file).sub_ext('').relative_path_from(Qsnap.repository_of(file))
        Qsnap.snapshot_name([*path.each_filename, *groups.reverse, own, *(count > 1 ? [count.to_s] : [])])
      end
    end
  end
end

RSpec.configure { |config| config.include Qsnap::RSpec }
