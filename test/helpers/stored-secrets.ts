import * as v from 'valibot';
import type { Sandbox } from '../../sandbox/sandbox.ts';

const json = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));

/** The keys of a credential that are not secret. */
const HARMLESS = new Set(['clientId', 'region', 'expiresAt', 'genesysUserId']);

/**
 * All secrets of a sandbox: the operator's key, and the texts in all versions of all secrets. They are not read through
 * the endpoint, so that faults and call counts are not affected.
 */
export function storedSecrets({ operator, secretsManager }: Sandbox): string[] {
  const values = secretsManager
    .secrets()
    .flatMap(({ arn }) => [
      ...secretsManager
        .describeValues(arn, value => ('SecretString' in value ? value.SecretString : undefined))
        .values(),
    ]);
  const found = [operator.secretAccessKey];
  for (const value of values) {
    const keys = v.safeParse(json, value);
    if (!keys.success) continue;
    for (const [key, text] of Object.entries(keys.output)) {
      if (typeof text === 'string' && text !== '' && !HARMLESS.has(key)) found.push(text);
    }
  }
  return found;
}
