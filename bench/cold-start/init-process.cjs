/**
 * Runs in each measured process: loads the handler given as the first argument, as Lambda's Node.js runtime loads a
 * CommonJS handler, prints its measurements as one line of JSON, and exits. It is CommonJS, not TypeScript, so that the
 * process does no other work.
 */
const before = performance.now();
require(process.argv[2]);
const loaded = performance.now();
const { user, system } = process.cpuUsage();
const line = JSON.stringify({
  readyAtMs: performance.timeOrigin + loaded,
  loadMs: loaded - before,
  cpuMs: (user + system) / 1000,
  residentBytes: process.memoryUsage.rss(),
});
process.stdout.write(line, () => process.exit());
