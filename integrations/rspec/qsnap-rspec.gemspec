# SPDX-License-Identifier: Apache-2.0
Gem::Specification.new do |spec|
  spec.name = 'qsnap-rspec'
  spec.version = '0.1.0'
  spec.summary = 'Snapshot testing for Redis-backed job queues: the RSpec matcher of git qsnap'
  spec.authors = ['git-qsnap']
  spec.license = 'Apache-2.0'
  spec.files = ['lib/qsnap/rspec.rb', 'lib/qsnap/client.rb', 'README.md']
  spec.required_ruby_version = '>= 2.7'
  spec.add_dependency 'rspec-core', '~> 3.0'
end
