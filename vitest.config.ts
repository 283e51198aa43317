import { defineConfig } from 'vitest/config';
import { GrantsReport } from './test/grants-report.ts';

// biome-ignore lint/style/noDefaultExport: Vitest reads its configuration from the default export
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', new GrantsReport()],
    globalSetup: ['test/synthesized-stack.ts', 'test/console/find-browser.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // More workers than cores, because many tests wait for a process or for real time.
    maxWorkers: 4,
    isolate: false,
    // CDK's template validation takes seconds in each worker. `npm run synth` runs it.
    env: { CDK_VALIDATION: 'false' },
    // Most test stacks have no subscription, and the CDK warns about each.
    onConsoleLog: text => (text.includes('genesys-token-rotation:noSubscription') ? false : undefined),
    restoreMocks: true,
    unstubEnvs: true,
  },
});
