import { defineConfig } from 'vitest/config';

// biome-ignore lint/style/noDefaultExport: Vitest reads its configuration from the default export
export default defineConfig({
  test: {
    include: ['test/interop/*.interop.ts'],
    globalSetup: ['test/synthesized-stack.ts', 'test/interop/installed.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    env: { CDK_VALIDATION: 'false' },
  },
});
