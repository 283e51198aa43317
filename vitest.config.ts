import { defineConfig } from 'vitest/config';
import { GrantsReport } from './test/grants-report.ts';

// biome-ignore lint/style/noDefaultExport: Vitest reads its configuration from the default export
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', new GrantsReport()],
    globalSetup: ['test/synthesized-stack.ts', 'test/console/found-browser.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // More than cores: many tests wait for a process or for real time.
    maxWorkers: 4,
    isolate: false,
    // The CDK's check of templates takes seconds in each worker. `npm run synth` makes it.
    env: { CDK_VALIDATION: 'false' },
    // Most stacks of the tests have no subscription, and the CDK warns of each.
    onConsoleLog: text => (text.includes('genesys-token-rotation:noSubscription') ? false : undefined),
    restoreMocks: true,
    unstubEnvs: true,
  },
});
