import * as v from 'valibot';
import type { Sandbox } from '../../sandbox/sandbox.ts';

const secretList = v.object({ SecretList: v.array(v.object({ ARN: v.string() })) });
const secretValue = v.object({ SecretString: v.string() });
const json = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));

/** The keys of a credential that are no secret. */
const HARMLESS = new Set(['clientId', 'region', 'expiresAt', 'genesysUserId']);

/**
 * Everything secret that a sandbox holds: the operator's key, and the texts in all versions of all secrets. It is read
 * past the endpoint, so that no fault and no count of calls is concerned.
 */
export async function storedSecrets(sandbox: Sandbox): Promise<string[]> {
  const caller = sandbox.identities.find(sandbox.operator.accessKeyId)?.caller;
  const { operations } = sandbox.secretsManager;
  if (caller === undefined) throw new Error('The operator has no identity.');
  const call = async (name: string, input: object): Promise<object> => {
    const { schema, run } = operations[name] ?? {};
    if (schema === undefined || run === undefined) throw new Error(`There is no operation ${name}.`);
    const request = {
      service: 'secretsmanager',
      operation: name,
      input,
      caller,
      requestId: 'stored-secrets',
    };
    return run(v.parse(schema, input), request);
  };
  const { SecretList } = v.parse(secretList, await call('ListSecrets', { MaxResults: 100 }));
  const found = [sandbox.operator.secretAccessKey];
  for (const { ARN } of SecretList) {
    for (const { id, hasValue } of sandbox.secretsManager.secret(ARN)?.versions ?? []) {
      if (!hasValue) continue;
      const { SecretString } = v.parse(
        secretValue,
        await call('GetSecretValue', { SecretId: ARN, VersionId: id }),
      );
      const keys = v.safeParse(json, SecretString);
      if (!keys.success) continue;
      for (const [key, value] of Object.entries(keys.output)) {
        if (typeof value === 'string' && value !== '' && !HARMLESS.has(key)) found.push(value);
      }
    }
  }
  return found;
}
