import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** The packages that a module imports directly or indirectly, except those of Node.js. */
function packagesOf(module: URL, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  seen.add(module.href);
  for (const [, specifier = ''] of readFileSync(module, 'utf8').matchAll(
    /^(?:import|export) .*?from '([^']+)'/gms,
  )) {
    if (!specifier.startsWith('.')) {
      if (!specifier.startsWith('node:')) packages.add(specifier.split('/')[0] ?? '');
      continue;
    }
    const next = new URL(specifier, module);
    if (!seen.has(next.href)) for (const found of packagesOf(next, seen)) packages.add(found);
  }
  return packages;
}

describe('the construct and its stack', () => {
  it('need only packages that every CDK app has', () => {
    const packages = packagesOf(new URL('../../infra/rotation-stack.ts', import.meta.url));

    expect(packages).toEqual(new Set(['aws-cdk-lib', 'constructs']));
  });

  it('do not need the other packages of the app', () => {
    const packages = packagesOf(new URL('../../infra/app.ts', import.meta.url));

    expect(packages).toEqual(new Set(['aws-cdk-lib', 'constructs', 'cdk-nag', 'esbuild', 'valibot']));
  });
});
