import config from '../../vitest.config.ts';

/** For tests that need neither the synthesised stack nor a browser: the run for one mutant starts within a second. */
// biome-ignore lint/style/noDefaultExport: Vitest reads its configuration from the default export
export default { ...config, test: { ...config.test, globalSetup: [], reporters: ['json'] } };
