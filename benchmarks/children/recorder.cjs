'use strict';

// Loaded into a process by --require: at its end it writes down what the process used. Plain JavaScript, so that
// it adds next to nothing to what it measures.

const { readFileSync, writeFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

// Worker threads inherit --require, and use the same memory and processor time.
if (isMainThread) process.on('exit', record);

function record() {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = {
    peakMemory: 1024 * (numberIn('/proc/self/status', /^VmHWM:\s+(\d+) kB$/m) ?? maxRSS),
    processorSeconds: (userCPUTime + systemCPUTime) / 1e6,
    bytesRead: numberIn('/proc/self/io', /^rchar: (\d+)$/m),
  };
  writeFileSync(process.env.CAIRN_BENCH_RECORD, JSON.stringify(usage));
}

// On Linux maxRSS counts from before exec, when the process was still a copy of the one that started it, so that
// what the system says about the process as it is now comes first.
function numberIn(file, pattern) {
  try {
    const found = pattern.exec(readFileSync(file, 'utf8'));
    return found === null ? null : Number(found[1]);
  } catch {
    return null;
  }
}
