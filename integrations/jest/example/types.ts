// Compiled and not run: what the types allow, and what they refuse.
import {loadQueueSnapshot, workerRedisUrl} from 'qsnap-jest';
import 'qsnap-jest/RUNNER';

export async function allowed(): Promise<void> {
  const redisUrl: string = workerRedisUrl();
  await loadQueueSnapshot('baselines/empty-state', {redisUrl, active: 'requeue'});
  await expect(redisUrl).toMatchQueueSnapshot();
  await expect(redisUrl).toMatchQueueSnapshot('signup', {within: '5s', ignore: ['jobs.payload.at'], allowEmpty: true});
  await expect({redisUrl, within: '5s'}).toMatchQueueSnapshot({stable: '200ms'});
  await expect(redisUrl).toKeepQueueContract('queues.yaml', {within: '5s'});
  // @ts-expect-error: a name is a text
  await expect(redisUrl).toMatchQueueSnapshot(5);
  // @ts-expect-error: there is no such mode
  await expect(redisUrl).toMatchQueueSnapshot('signup', {update: 'some'});
}
