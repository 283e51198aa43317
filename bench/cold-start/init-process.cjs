/**
 * The program of a measured process: loads the file of its first argument, as Lambda's Node.js runtime does with a
 * CommonJS handler, says how it is then as one line of JSON, and ends. It is CommonJS, and not TypeScript, so that the
 * process does nothing else.
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
