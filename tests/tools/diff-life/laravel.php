<?php
// SPDX-License-Identifier: Apache-2.0
// laravel.php add HOST PORT COUNT DELAY_S | fail HOST PORT COUNT
// add: COUNT jobs of the queue "receipts", and a reminder DELAY_S later. fail: a worker takes them, and none succeeds.
// QSNAP_FRAMEWORKS as for carry-on-bullmq.js: its laravel/boot.php connects.
require getenv('QSNAP_FRAMEWORKS') . '/laravel/boot.php';
use Illuminate\Queue\Worker;
use Illuminate\Queue\WorkerOptions;

class SmtpError extends \RuntimeException {}
class SendReceipt extends BaseJob {
  public function handle() {
    throw new SmtpError("421 try again later (connection {$this->payload['number']})");
  }
}

[, $what, $host, $port, $count] = $argv;
[, $queue, , $events] = boot($host, (int)$port);
$connection = $queue->getConnection();
if ($what === 'add') {
  for ($number = 0; $number < (int)$count; $number++) {
    $connection->push(new SendReceipt(['type' => 'receipt', 'number' => $number]), '', 'receipts');
  }
  $connection->later((int)$argv[5], new SendReceipt(['type' => 'receipt', 'number' => -1]), '', 'receipts');
} else {
  $worker = new Worker($queue->getQueueManager(), $events, new H, fn() => false);
  for ($number = 0; $number < (int)$count; $number++) {
    $worker->runNextJob('default', 'receipts', new WorkerOptions('default', 0, 512, 60, 0, 3));
  }
}
